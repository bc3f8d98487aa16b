import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, schemaVersion } from '../../src-main/replica/migrations'
import { createSession, type Statements } from '../../src-main/replica/session'
import { openTestReplica, temporaryFolder } from './replica-fixture'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const file = (name = 'replica.duckdb') => join(folder.path, 'test', name)

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

async function inFile<T>(path: string, work: (statements: Statements) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(path)
  const session = createSession(await instance.connect())
  try {
    return await session.use(work)
  } finally {
    await session.close()
    instance.closeSync()
  }
}

/** A file of schema version 3, or one that says it is of another. */
async function makeFormerFile(version = 3): Promise<void> {
  await mkdir(join(folder.path, 'test'))
  const sql = await readFile(join(import.meta.dirname, 'schema-3.sql'), 'utf8')
  await inFile(file(), async (statements) => {
    await statements.run(sql)
    await statements.run(`UPDATE replica SET schema_version = ${version}`)
  })
}

function tablesOf(path: string) {
  return inFile(path, (statements) =>
    statements.rows(`SELECT table_name, column_index, column_name, data_type, is_nullable FROM duckdb_columns()
      WHERE schema_name = 'main' AND NOT internal ORDER BY ALL`),
  )
}

test('a file of the former schema is brought up to date in place, with all that is in it', async () => {
  await makeFormerFile()
  for (const opening of ['first', 'second']) {
    const replica = await openTestReplica(folder.path)
    expect([opening, replica.notice]).toEqual([opening, null])
    expect(replica.coverage()).toEqual([{ fromUs: 1777636800000000, toUs: 1777647600000000 }])
    expect(replica.asOf()).toBe('2026-05-01T15:00:00.000Z')
    const window = { fromMs: Date.UTC(2026, 4, 1, 12), toMs: Date.UTC(2026, 4, 1, 15) }
    const { current, domains } = await replica.overview(window, window, [window.fromMs])
    expect(current).toMatchObject({ requests: 2, inputTokens: 3000, outputTokens: 100, costUsd: 0.0175 })
    expect(domains.map(({ domain }) => domain)).toEqual(['example.com'])
    const [found] = await replica.rows(['00000001-0000-0000-0000-000000000000'])
    expect(found!.row).toMatchObject({ preview: 'Good morning', stopReason: 'end_turn', cacheReadTokens: 20 })
    // Its answer was read for its usage alone: it is read again for the tools that it called.
    expect(await replica.rowsWithoutUsage(0, 9)).toMatchObject([{ id: '00000001-0000-0000-0000-000000000000' }])
    await replica.close()
  }
  expect(await readdir(join(folder.path, 'test'))).not.toContain('set-aside-replica.duckdb')
  const [stored] = await inFile(file(), (statements) => statements.rows('SELECT schema_version AS v FROM replica'))
  expect(stored!.v).toBe(schemaVersion)
  const largest = 'SELECT most_tokens, most_time_ms, most_cost_pico FROM hourly'
  expect(await inFile(file(), (statements) => statements.rows(largest))).toEqual([
    { most_tokens: 1100, most_time_ms: 5, most_cost_pico: 7_500_000_000 },
  ])
})

test('a file brought up to date has the tables of a new one, column by column', async () => {
  await makeFormerFile()
  await (await openTestReplica(folder.path)).close()
  const fresh = join(folder.path, 'new')
  await (await openTestReplica(fresh)).close()
  expect(await tablesOf(file())).toEqual(await tablesOf(join(fresh, 'test', 'replica.duckdb')))
})

test.each([
  ['older than the steps reach back', 2],
  ['newer than this app', schemaVersion + 1],
])('a file of a schema %s is set aside with a notice', async (_, version) => {
  await makeFormerFile(version)
  const replica = await openTestReplica(folder.path)
  expect(await replica.counts()).toEqual({ rows: 0, usagePending: 0 })
  expect(replica.notice).toMatch(/set aside/)
  await replica.close()
  expect(await readdir(join(folder.path, 'test'))).toContain('set-aside-replica.duckdb')
})

test('each step is all or nothing, and the next opening goes on from the last whole one', async () => {
  await makeFormerFile()
  const steps = [
    { version: 4, statements: ['ALTER TABLE replica ADD COLUMN four INTEGER'] },
    { version: 5, statements: ['ALTER TABLE replica ADD COLUMN five INTEGER', 'INSERT INTO nowhere VALUES (1)'] },
  ]
  await expect(inFile(file(), (statements) => migrate(statements, 3, steps))).rejects.toThrow()
  const state = () =>
    inFile(file(), async (statements) => Object.entries((await statements.rows('FROM replica'))[0]!).flat())
  expect(await state()).toContain('four')
  expect(await state()).not.toContain('five')
  expect((await state())[1]).toBe(4)
  steps[1]!.statements.pop()
  await inFile(file(), (statements) => migrate(statements, 4, steps))
  expect(await state()).toContain('five')
  expect((await state())[1]).toBe(5)
})
