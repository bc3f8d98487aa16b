import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const lockfile = (version: string) =>
  JSON.stringify({
    packages: {
      '': { name: 'project' },
      'node_modules/a': { version },
      'node_modules/b-for-another-platform': { version: '1.0.0', optional: true },
    },
  })

let project: string

beforeEach(() => {
  project = mkdtempSync(path.join(os.tmpdir(), 'nexus-install-'))
  mkdirSync(path.join(project, 'scripts'))
  mkdirSync(path.join(project, 'bin'))
  for (const name of ['install.mjs', 'lock.mjs', 'project.mjs']) {
    copyFileSync(path.join(root, 'scripts', name), path.join(project, 'scripts', name))
  }
  writeFileSync(path.join(project, 'package-lock.json'), lockfile('2.0.0'))
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

/** An npm that does what a shell script says. */
function npmDoes(script: string): void {
  const file = path.join(project, 'bin/npm')
  writeFileSync(file, `#!/bin/sh\necho "$@" > "${project}/npm-was-asked"\n${script}\n`)
  chmodSync(file, 0o755)
}

function install(searchPath = `${project}/bin${path.delimiter}${process.env.PATH}`) {
  const { npm_execpath: _notThisOne, ...environment } = process.env
  return spawnSync(process.execPath, ['scripts/install.mjs'], {
    cwd: project,
    env: { ...environment, PATH: searchPath },
    encoding: 'utf8',
  })
}

const npmWasAsked = () => existsSync(path.join(project, 'npm-was-asked'))

function installed(version: string): void {
  mkdirSync(path.join(project, 'node_modules'))
  writeFileSync(
    path.join(project, 'node_modules/.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version } } }),
  )
}

test('without node_modules npm ci runs, after one line that says so', () => {
  npmDoes('exit 0')
  const { status, stdout } = install()
  expect(status).toBe(0)
  expect(npmWasAsked()).toBe(true)
  expect(stdout.trim().split('\n')).toEqual([expect.stringContaining('npm ci')])
})

test('node_modules that is what the lockfile says is left alone, without a word', () => {
  installed('2.0.0')
  npmDoes('exit 1')
  expect(install()).toMatchObject({ status: 0, stdout: '', stderr: '' })
  expect(npmWasAsked()).toBe(false)
})

test('node_modules that is older than the lockfile is installed again', () => {
  installed('1.9.0')
  npmDoes('exit 0')
  expect(install()).toMatchObject({ status: 0, stdout: expect.stringContaining('older than package-lock.json') })
  expect(npmWasAsked()).toBe(true)
})

test.each([
  ['npm error code ENOTFOUND', 'The npm registry cannot be reached'],
  ['npm error code EACCES', 'belongs to another user'],
  ['npm error something else', 'what it said stands above'],
])('%s ends the start with its reason and without a stack', (complaint, reason) => {
  npmDoes(`echo '${complaint}' >&2; echo 'npm error Usage:' >&2; echo 'npm error npm ci' >&2; exit 1`)
  const { status, stderr } = install()
  expect(status).toBe(1)
  expect(stderr).toContain(complaint)
  expect(stderr).toContain(reason)
  expect(stderr).not.toContain('Usage')
  expect(stderr).not.toContain('    at ')
})

test('a registry that falters once is asked again', () => {
  npmDoes(`[ -e "${project}/tried" ] && exit 0; touch "${project}/tried"; echo 'npm error code ECONNRESET' >&2; exit 1`)
  const { status, stdout, stderr } = install()
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('trying once more')
})

test('a machine without npm hears that it needs it', () => {
  expect(install('/nonexistent')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('npm is not on the path'),
  })
})

test('a lock that a dead process left is taken over', () => {
  mkdirSync(path.join(project, '.cache'))
  writeFileSync(path.join(project, '.cache/install.lock'), String(spawnSync(process.execPath, ['-e', '']).pid))
  npmDoes('exit 0')
  expect(install().status).toBe(0)
  expect(npmWasAsked()).toBe(true)
  expect(existsSync(path.join(project, '.cache/install.lock'))).toBe(false)
})
