import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
let project: string

/** The script as it is, with what it starts replaced by files that say what was asked of them. */
beforeEach(() => {
  project = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nexus-start-')))
  mkdirSync(path.join(project, 'scripts'))
  for (const name of ['start.mjs', 'start-arguments.mjs', 'project.mjs']) {
    copyFileSync(path.join(root, 'scripts', name), path.join(project, 'scripts', name))
  }
  const says = (file: string, text: string) => writeFileSync(path.join(project, file), text)
  says('scripts/install.mjs', `export const ensureInstalled = () => console.log('installed')`)
  says('scripts/build.mjs', `export const ensureBuilt = () => console.log('built')`)
  says('scripts/electron-binary.mjs', `export const findElectron = () => ({ binary: 'echo' })`)
  mkdirSync(path.join(project, 'dist/main'), { recursive: true })
  says('dist/main/web.js', `console.log('served', ...process.argv.slice(2))`)
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

function start(...args: string[]) {
  return spawnSync(process.execPath, ['scripts/start.mjs', ...args], { cwd: project, encoding: 'utf8' })
}

test('an argument that is not known is refused before anything is done', () => {
  const { status, stdout, stderr } = start('--port', '4000')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toBe('npm start does not know "--port". See npm start -- --help.\n')
})

test('the browser host knows no argument at all, a link neither', () => {
  const { status, stdout, stderr } = start('--browser', 'nexus://conversation/1')
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toBe('npm run serve does not know "nexus://conversation/1". See npm run serve -- --help.\n')
})

test.each(['--help', '-h'])('%s is answered, and nothing is started', (help) => {
  const { status, stdout, stderr } = start('--browser', help)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('npm run serve')
  expect(stdout).not.toContain('installed')
})

test('the desktop app gets the link it was started with', () => {
  const link = 'nexus://conversation/11111111-1111-4111-8111-111111111111'
  const { status, stdout } = start(link)
  expect({ status, stdout }).toEqual({ status: 0, stdout: `installed\nbuilt\n${project} ${link}\n` })
})

test('without arguments both hosts start as ever', () => {
  expect(start().stdout).toBe(`installed\nbuilt\n${project}\n`)
  expect(start('--browser').stdout).toBe('installed\nbuilt\nserved\n')
})
