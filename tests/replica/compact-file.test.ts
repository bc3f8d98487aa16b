import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requestColumns } from '../../src-main/replica/schema'
import { hourMs, openTestReplica, temporaryFolder } from './replica-fixture'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const file = () => join(folder.path, 'test', 'replica.duckdb')
const rows = 1_200_000
const startMs = Date.UTC(2026, 4, 1)

beforeEach(async () => {
  folder = await temporaryFolder()
  await (await openTestReplica(folder.path)).close()
  const instance = await DuckDBInstance.create(file())
  const connection = await instance.connect()
  const given: Record<string, string> = {
    timestamp_us: `${startMs * 1000} + i * 1000000`,
    id: 'uuid()',
    cost_pico: 'i',
  }
  const columns = Object.keys(requestColumns).map((name) => given[name] ?? '0')
  await connection.run(`INSERT INTO request SELECT ${columns.join(', ')} FROM range(${rows}) AS t(i)`)
  connection.closeSync()
  instance.closeSync()
})
afterEach(() => folder.remove())

test('pruning gives the disk back when the copy is closed, and leaves every other row', async () => {
  const before = (await stat(file())).size
  const replica = await openTestReplica(folder.path)
  const fromMs = startMs + Math.floor((rows * 0.8) / 3600) * hourMs
  await replica.prune(fromMs * 1000)
  const { rows: left } = await replica.counts()
  await replica.close()
  expect(left).toBe(rows - (fromMs - startMs) / 1000)
  const after = await stat(file())
  expect(after.size).toBeLessThan(before / 3)
  expect(after.mode & 0o777).toBe(0o600)
  expect((await readdir(join(folder.path, 'test'))).filter((name) => name.includes('compact'))).toEqual([])

  const again = await openTestReplica(folder.path)
  expect([again.notice, (await again.counts()).rows]).toEqual([null, left])
  const window = { fromMs, toMs: fromMs + 10 * hourMs }
  const page = await again.list({ ...window, errorsOnly: false, limit: 1, cursor: undefined })
  expect([page.total, page.items[0]!.timestamp]).toEqual([36_000, new Date(window.toMs - 1000).toISOString()])
  await again.close()
})
