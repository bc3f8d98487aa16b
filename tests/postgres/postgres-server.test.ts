import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgresServer } from '../../src-main/sample/postgres-server'
import { runSql } from '../fakes/test-postgres'
import { eventually } from '../fakes/eventually'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nexus-test-server-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('a server is made once and has its data after a restart', async () => {
  const first = await startPostgresServer({ directory })
  await runSql(first.url(), 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)')
  await first.stop()
  await first.stop()

  const second = await startPostgresServer({ directory })
  expect(await runSql(second.url(), 'SELECT n FROM kept')).toEqual([{ n: 42 }])
  await second.stop()
})

test('the server listens on loopback alone, and wants the password', async () => {
  const server = await startPostgresServer({ directory })
  expect(await runSql(server.url(), 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  const wrong = new URL(server.url())
  wrong.password = 'guess'
  await expect(runSql(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
  await server.stop()
})

test.skipIf(process.platform === 'win32')('the password is readable by its owner alone', async () => {
  expect((await stat(join(directory, 'password'))).mode & 0o077).toBe(0)
})

test('a lock file that a dead server left, its number now that of another program, does not stop the start', async () => {
  await writeFile(join(directory, 'data', 'postmaster.pid'), `${process.pid}\n${join(directory, 'data')}\n0\n1\n`)
  const server = await startPostgresServer({ directory })
  expect(await runSql(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await server.stop()
})

test('a server that a killed app left behind is stopped by the next start', async () => {
  const left = await startPostgresServer({ directory })
  await writeFile(join(directory, 'owner'), String(spawnSync(process.execPath, ['-e', '']).pid))
  const next = await startPostgresServer({ directory })
  await expect(runSql(left.url(), 'SELECT 1')).rejects.toThrow()
  expect(await runSql(next.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await next.stop()
  await left.stop()
})

test.skipIf(process.platform === 'win32')('the server ends with the app, also when that is killed', async () => {
  const app = spawn(process.execPath, ['--input-type=module', '--eval', appOnItsOwn, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = (await once(app.stdout.setEncoding('utf8'), 'data')) as [string]
  expect(await runSql(url.trim(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  app.kill('SIGKILL')
  await eventually(() => expect(existsSync(join(directory, 'data', 'postmaster.pid'))).toBe(false))
  const server = await startPostgresServer({ directory })
  await server.stop()
})

/** A process that starts the server and stays. */
const appOnItsOwn = `
  import { createServer } from 'vite'
  const vite = await createServer({
    configFile: false,
    logLevel: 'silent',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, ws: false, watch: null },
  })
  const { startPostgresServer } = await vite.ssrLoadModule('/src-main/sample/postgres-server.ts')
  const server = await startPostgresServer({ directory: process.argv[1] })
  console.log(server.url())
  setInterval(() => {}, 1e6)`

test('a server that another living app has open is left alone', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
  const server = await startPostgresServer({ directory })
  await writeFile(join(directory, 'owner'), String(other.pid))
  await expect(startPostgresServer({ directory })).rejects.toMatchObject({
    code: 'sample-failed',
    message: 'Another Nexus Desktop has the sample workspace open.',
  })
  expect(await runSql(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await server.stop()
  other.kill()
})

test('settings that PostgreSQL refuses are a failure with its words as the cause', async () => {
  const start = startPostgresServer({ directory, settings: { work_mem: 'plenty' } })
  await expect(start).rejects.toMatchObject({ code: 'sample-failed' })
  await expect(start).rejects.toSatisfy((failure: Error) => String(failure.cause).includes('work_mem'))
})

test('an initialisation that was cut short is not taken for a server', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'nexus-test-server-'))
  await writeFile(join(fresh, 'password'), 'left over')
  const server = await startPostgresServer({ directory: fresh })
  expect(existsSync(join(fresh, 'data', 'PG_VERSION'))).toBe(true)
  await server.stop()
  expect(await readdir(fresh)).toEqual(['data', 'password'])
  await rm(fresh, { recursive: true, force: true })
})
