import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { hourMs, isComplete, startSync, stateOf, temporaryFolder } from './replica-fixture'

/*
 * The tools that answers called, kept beside their rows: always those of the rows that are there, and no others.
 */

let postgres: TestPostgres
let url: string
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

/** One row in three calls nothing, the others up to five tools. Within the last minute, so that a look sees it all. */
async function fill(name: string, hours = 0): Promise<void> {
  url = await postgres.createDatabase(name, briefTable)
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, domain, model, response_body)
      SELECT md5(i::text)::uuid, now() - (i % 40) * interval '1 second' - (i * ${hours} / 2000) * interval '1 hour',
        CASE WHEN i % 5 > 0 THEN 'team-' || i % 7 END, CASE WHEN i % 11 > 0 THEN 'claude-opus-4-5' END, ${answerSql('i')}
      FROM generate_series(1, 2000) AS i`,
  )
}

const answerSql = (seed: string) => `
  CASE WHEN ${seed} % 13 > 0 THEN jsonb_build_object('type', 'message', 'stop_reason', 'tool_use', 'content', (
    SELECT coalesce(jsonb_agg(jsonb_build_object('type', 'tool_use', 'id', 'toolu_' || n, 'name',
      (ARRAY['Read', 'Bash', 'Edit', 'mcp__docs__find'])[1 + (${seed} * n)::int % 4], 'input', '{}'::jsonb)), '[]')
    FROM generate_series(1, CASE WHEN ${seed} % 3 = 0 THEN 0 ELSE (${seed} % 6)::int END) AS n)) END`

function inSource() {
  return runSql(
    url,
    `SELECT request_id AS id, domain, model, block ->> 'name' AS tool, count(*)::int AS calls
      FROM requests CROSS JOIN LATERAL jsonb_array_elements(response_body -> 'content') AS block
      GROUP BY 1, 2, 3, 4 ORDER BY 1, 4`,
  )
}

/** The file itself, which only one may have open. */
async function inFile<Row>(sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(join(folder.path, 'test', 'replica.duckdb'))
  const connection = await instance.connect()
  try {
    return (await (await connection.run(sql)).getRowObjectsJS()) as Row[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const inReplica = () =>
  inFile(`
    SELECT c.id::VARCHAR AS id, d.value AS domain, m.value AS model, t.value AS tool, c.calls
    FROM tool_call c JOIN request r ON r.id = c.id AND r.timestamp_us = c.timestamp_us AND r.domain = c.domain AND r.model = c.model
    JOIN word t ON t.code = c.tool LEFT JOIN word d ON d.code = c.domain LEFT JOIN word m ON m.code = c.model
    ORDER BY c.id::VARCHAR, t.value`)

test('are those of the source after rows came, changed and went', async () => {
  await fill('tools_follow')
  const running = await startSync(folder.path, url)
  await stateOf(running.sync, isComplete)
  await runSql(url, `DELETE FROM requests WHERE hashtext(request_id::text) % 10 = 0`)
  await runSql(url, `UPDATE requests SET domain = 'moved.com' WHERE hashtext(request_id::text) % 10 = 1`)
  await runSql(
    url,
    `UPDATE requests SET response_body = ${answerSql('(abs(hashtext(request_id::text)::bigint) % 997)')}, output_tokens = 5
      WHERE hashtext(request_id::text) % 10 = 2`,
  )
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, response_body)
      SELECT md5('new' || i)::uuid, now(), ${answerSql('i')} FROM generate_series(1, 30) AS i`,
  )
  const [hour] = await runSql(url, `SELECT count(*)::int AS rows, sum(output_tokens)::int AS tokens FROM requests`)
  const window = { fromMs: Date.now() - 24 * hourMs, toMs: Date.now() + hourMs }
  // Of rows that meanwhile are older than a look goes back, the comparison finds what became.
  running.sync.recheck()
  await eventually(async () => {
    await running.sync.lookNow()
    const { current } = await running.replica.overview(window, window, [window.fromMs])
    expect(current).toMatchObject({ requests: hour!.rows, outputTokens: hour!.tokens, usagePending: 0 })
    expect(current.activeDomains).toBe(8)
  })
  await running.close()

  const expected = await inSource()
  expect(expected.length).toBeGreaterThan(1500)
  expect(await inReplica()).toEqual(expected)
  expect(await inFile('SELECT count(*)::INTEGER AS rows FROM tool_call')).toEqual([{ rows: expected.length }])
})

test('of a copy that an older app read the usage of alone are read again', async () => {
  await fill('tools_again')
  const first = await startSync(folder.path, url)
  await stateOf(first.sync, isComplete)
  await first.close()
  await inFile('UPDATE request SET tools_read = 0')
  await inFile('DELETE FROM tool_call')

  const again = await startSync(folder.path, url)
  const pending = () => again.replica.rowsWithoutUsage(0, 1)
  await eventually(async () => expect(await pending()).toEqual([]))
  await again.close()
  expect(await inReplica()).toEqual(await inSource())
})

test('go with rows that are older than what is kept', async () => {
  await fill('tools_prune', 5)
  const running = await startSync(folder.path, url)
  await stateOf(running.sync, isComplete)
  const beforeMs = Math.floor(Date.now() / hourMs - 2) * hourMs
  await running.sync.close()
  await running.replica.prune(beforeMs * 1000)
  await running.close()
  await runSql(url, 'DELETE FROM requests WHERE timestamp < to_timestamp($1)', [beforeMs / 1000])
  const expected = await inSource()
  expect(expected.length).toBeGreaterThan(0)
  expect(await inReplica()).toEqual(expected)
  expect(await inFile('SELECT count(*)::INTEGER AS rows FROM tool_call')).toEqual([{ rows: expected.length }])
})
