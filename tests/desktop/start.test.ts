import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cleanEnvironment, standIn, standInEnvironment } from '../fakes/electron/launch-desktop'

const root = path.resolve(import.meta.dirname, '../..')
const folders: string[] = []
const dataFolder = () => folders[folders.push(mkdtempSync(path.join(os.tmpdir(), 'nexus-start-'))) - 1]!
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Starts the built app without a test at its side, and waits for its end. */
async function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, [path.join(root, 'tests/fakes/electron/electron.cjs'), root], {
    env: { ...cleanEnvironment(), ...(await standInEnvironment()), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exitCode, errors }
}

test('a wrong variable stops the start with a sentence that names it', async () => {
  const { exitCode, errors } = await run({ NEXUS_DATA_DIR: dataFolder(), DATABASE_URL: 'mysql://localhost/x' })
  expect(exitCode).toBe(1)
  expect(errors).toContain('DATABASE_URL is not usable')
  expect(errors).not.toContain('    at ')
})

test('a second start hands over to the first and ends', async () => {
  const dataDirectory = dataFolder()
  const desktop = await standIn.launch({
    NEXUS_DATA_DIR: dataDirectory,
    DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/x',
  })
  await desktop.firstWindow()
  const handedOver = desktop.evaluate(
    ({ app }) => new Promise((resolve) => app.once('second-instance', () => resolve(1))),
  )
  const { exitCode } = await run({ NEXUS_DATA_DIR: dataDirectory })
  expect(exitCode).toBe(0)
  expect(await handedOver).toBe(1)
  await desktop.close()
})
