import { chmod, copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RequestBatch } from '../../src-main/core/ports'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { plainBatch } from './plain-batch'
import { ledger, openTestReplica, temporaryFolder } from './replica-fixture'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const file = (name = '') => join(folder.path, 'test', name)
const atUs = Date.UTC(2026, 4, 1, 12, 30) * 1000

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

/** Rows a second apart, the first at `fromUs`. */
function batchOf(rows: number, fromUs = atUs): RequestBatch {
  const numbered = (row: number): string => `${(row + 1).toString(16).padStart(8, '0')}-0000-0000-0000-000000000000`
  return plainBatch(
    Array.from({ length: rows }, (_, row) => numbered(row)),
    fromUs,
  )
}

async function fill(rows = 5000): Promise<void> {
  const replica = await openTestReplica(folder.path)
  const range = { fromUs: atUs, toUs: atUs + rows * 1_000_000 }
  await replica.storeRange({ range, spans: [{ batch: batchOf(rows), from: 0, to: rows }] })
  await replica.close()
}

async function rowsIn(): Promise<{ rows: number; notice: string | null }> {
  const replica = await openTestReplica(folder.path)
  const { rows } = await replica.counts()
  await replica.close()
  return { rows, notice: replica.notice }
}

test('what was stored is there after closing and opening again', async () => {
  await fill()
  const replica = await openTestReplica(folder.path)
  expect(await replica.counts()).toEqual({ rows: 5000, usagePending: 5000 })
  expect(replica.coverage()).toEqual([{ fromUs: atUs, toUs: atUs + 5_000_000_000 }])
  const [found] = await replica.rows(['00001388-0000-0000-0000-000000000000'])
  expect(found!.row).toMatchObject({ domain: 'example.com', inputTokens: 1000, costUsd: 0.0075 })
  await replica.close()
})

test('folder and file belong to the user alone', async () => {
  await fill(10)
  expect((await stat(file())).mode & 0o777).toBe(0o700)
  expect((await stat(file('replica.duckdb'))).mode & 0o777).toBe(0o600)
})

test('each source has a file of its own, whatever its key is', async () => {
  const keys = ['one', '../two', 'Three/..', '', 'x'.repeat(500)]
  const replicas = []
  for (const sourceKey of keys) {
    replicas.push(await openReplica({ directory: folder.path, sourceKey, ledger, log: silentLog }))
  }
  expect((await readdir(folder.path)).length).toBe(keys.length)
  for (const replica of replicas) await replica.close()
})

test.each([
  ['a file that is no database', (path: string) => writeFile(path, 'not a database '.repeat(1000))],
  ['an empty file', (path: string) => writeFile(path, '')],
  [
    'a file with a flipped byte in its header',
    async (path: string) => {
      const bytes = await readFile(path)
      for (const at of [4200, 8300]) bytes[at]! ^= 0xff
      await writeFile(path, bytes)
    },
  ],
])('%s is set aside with a notice, and the replica begins anew', async (_, damage) => {
  await fill()
  await damage(file('replica.duckdb'))
  const found = await rowsIn()
  expect(found.rows).toBe(0)
  expect(found.notice).toMatch(/set aside/)
  expect(await readdir(file())).toContain('set-aside-replica.duckdb')
  expect((await rowsIn()).notice).toBeNull()
  await fill()
  expect((await rowsIn()).rows).toBe(5000)
})

test('a file of another schema version is set aside', async () => {
  await fill()
  const instance = await DuckDBInstance.create(file('replica.duckdb'))
  const connection = await instance.connect()
  await connection.run('UPDATE replica SET schema_version = 999')
  connection.closeSync()
  instance.closeSync()
  expect(await rowsIn()).toMatchObject({ rows: 0, notice: expect.stringMatching(/set aside/) })
})

/** What a crash leaves: the file and its log as they stand while the replica is open. Gives the log. */
async function crash(): Promise<string> {
  const replica = await openTestReplica(join(folder.path, 'open'))
  for (let piece = 0; piece < 5; piece++) {
    const range = { fromUs: atUs + piece * 1e9, toUs: atUs + (piece + 1) * 1e9 }
    await replica.storeRange({ range, spans: [{ batch: batchOf(1000, range.fromUs), from: 0, to: 1000 }] })
  }
  await mkdir(file(), { recursive: true })
  for (const name of ['replica.duckdb', 'replica.duckdb.wal']) {
    await copyFile(join(folder.path, 'open', 'test', name), file(name))
  }
  await replica.close()
  return file('replica.duckdb.wal')
}

test('a log that a crash left whole is read', async () => {
  await crash()
  expect(await rowsIn()).toEqual({ rows: 5000, notice: null })
})

test('a log that was cut off keeps whole pieces and loses the last', async () => {
  const log = await crash()
  await truncate(log, (await stat(log)).size - 100)
  expect(await rowsIn()).toEqual({ rows: 4000, notice: null })
})

test.each([
  ['with a flipped byte', (bytes: Buffer) => (bytes[bytes.length >> 1]! ^= 0xff)],
  ['with a tail of zeros', (bytes: Buffer) => bytes.fill(0, bytes.length - 2000)],
])('a log %s gives no wrong rows: whole pieces, or a new beginning with a notice', async (_, damage) => {
  const log = await crash()
  const bytes = await readFile(log)
  damage(bytes)
  await writeFile(log, bytes)
  const { rows, notice } = await rowsIn()
  if (notice === null) expect([1000, 2000, 3000, 4000]).toContain(rows)
  else expect(rows).toBe(0)
  expect((await rowsIn()).notice).toBeNull()
})

test('a folder that cannot be written is the disk’s fault: nothing is set aside', async ({ skip }) => {
  if (process.getuid?.() === 0) skip('root may write everywhere')
  await fill()
  await chmod(file('replica.duckdb'), 0o400)
  await expect(openTestReplica(folder.path)).rejects.toMatchObject({ code: 'replica-failed' })
  expect(await readdir(file())).not.toContain('set-aside-replica.duckdb')
})

test('storing a range again replaces it: no row twice, its sums as well', async () => {
  const replica = await openTestReplica(folder.path)
  const range = { fromUs: atUs, toUs: atUs + 7_200_000_000 }
  for (const rows of [7000, 6000]) {
    await replica.storeRange({ range, spans: [{ batch: batchOf(rows), from: 0, to: rows }] })
  }
  const window = { fromMs: atUs / 1000 - 3_600_000, toMs: atUs / 1000 + 10_800_000 }
  const { current } = await replica.overview(window, window, [window.fromMs])
  expect(current).toMatchObject({ requests: 6000, inputTokens: 6_000_000, costUsd: 45, usagePending: 6000 })
  await replica.close()
})

test('a look that finds nothing new writes nothing; a changed row, a new one and a missing one are written once', async () => {
  const replica = await openTestReplica(folder.path)
  const batch = batchOf(100)
  const spans = [{ batch, from: 0, to: 100 }]
  // Ten hours later: sums of these hours come from the roll-up.
  const asOfUs = atUs + 36_000_000_000
  await replica.storeRange({ range: { fromUs: atUs, toUs: asOfUs }, spans })
  const look = (given = spans) => replica.applyLook({ windowFromUs: atUs, asOfUs, spans: given, missing: [] })
  await look()
  const log = async () => (await stat(file('replica.duckdb.wal'))).size
  const before = await log()
  for (let again = 0; again < 3; again++) {
    expect(await look()).toEqual({ added: [], changed: [], removedRows: 0, toRead: [] })
  }
  expect(await log()).toBe(before)

  const later = batchOf(101)
  later.outputTokens.values[7] = 1
  const result = await look([{ batch: later, from: 1, to: 101 }])
  const id = (row: number) => `${(row + 1).toString(16).padStart(8, '0')}-0000-0000-0000-000000000000`
  expect(result.added.map((key) => key.id)).toEqual([id(100)])
  expect(result.changed.map((key) => key.id)).toEqual([id(7)])
  expect(result.removedRows).toBe(1)
  expect(await log()).toBeGreaterThan(before)
  const window = { fromMs: atUs / 1000 - 1_800_000, toMs: asOfUs / 1000 }
  const { current } = await replica.overview(window, window, [window.fromMs])
  expect(current).toMatchObject({ requests: 100, outputTokens: 99 * 100 + 1 })
  await replica.close()
})

test('a foreign cursor is refused with a sentence', async () => {
  const replica = await openTestReplica(folder.path)
  const question = { fromMs: 0, toMs: Date.now(), errorsOnly: false, limit: 10 }
  for (const cursor of [
    '',
    'x',
    '!!!',
    Buffer.from('1~2').toString('base64url'),
    Buffer.from(`1~${'0'.repeat(36)}`).toString('base64url'),
  ]) {
    await expect(replica.list({ ...question, cursor })).rejects.toMatchObject({ code: 'invalid-input' })
  }
  await replica.close()
})

test('a list that is no longer wanted is given up, and the next is answered', async () => {
  const replica = await openTestReplica(folder.path)
  const gone = new AbortController()
  gone.abort()
  const question = { fromMs: 0, toMs: Date.now(), errorsOnly: false, limit: 10, cursor: undefined }
  await expect(replica.list(question, gone.signal)).rejects.toMatchObject({ code: 'query-cancelled' })
  expect((await replica.list(question)).items).toEqual([])
  await replica.close()
})

test('text from a row is never SQL', async () => {
  const replica = await openTestReplica(folder.path)
  const hostile = `x'; DROP TABLE request; --`
  const batch = { ...batchOf(1), domain: { codes: Uint32Array.of(1), values: [hostile] } }
  await replica.storeRange({ range: { fromUs: atUs, toUs: atUs + 1e9 }, spans: [{ batch, from: 0, to: 1 }] })
  const window = { fromMs: atUs / 1000, toMs: atUs / 1000 + 1e6, domain: hostile }
  expect((await replica.overview(window, window, [window.fromMs])).domains[0]!.domain).toBe(hostile)
  await replica.keepPreviews(new Map([['00000001-0000-0000-0000-000000000000', hostile]]))
  const [found] = await replica.rows(['00000001-0000-0000-0000-000000000000', `'); DROP TABLE request; --`])
  expect(found!.row.preview).toBe(hostile)
  await replica.close()
})
