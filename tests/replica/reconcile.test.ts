import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { fillWithRequests } from './million-requests'
import { allRows, dayMs, hourMs, isWhole, startSync, stateOf, temporaryFolder, type Running } from './replica-fixture'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running | null = null

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  await running?.close()
  running = null
  await folder.remove()
})

interface SourceRow {
  id: string
  input: number | null
  output: number | null
}

/** What the rows of each hour come to. */
async function hoursOf(url: string): Promise<Map<string, string>> {
  const rows = await runSql(
    url,
    `SELECT date_trunc('hour', timestamp, 'UTC')::text AS hour, count(*) || ' ' || md5(string_agg(r::text, '' ORDER BY request_id)) AS sums
      FROM requests AS r GROUP BY 1`,
  )
  return new Map(rows.map(({ hour, sums }) => [String(hour), String(sums)]))
}

/** Both sides row by row, over everything that is kept. */
async function expectEqual(url: string, replica: Running['replica']): Promise<void> {
  const window = { fromMs: Math.floor(Date.now() / hourMs) * hourMs - 89 * dayMs, toMs: Date.now() + dayMs }
  const theirs = (await runSql(
    url,
    `SELECT request_id AS id, input_tokens AS input, output_tokens AS output FROM requests
     WHERE timestamp >= $1 ORDER BY timestamp DESC, request_id DESC`,
    [new Date(window.fromMs)],
  )) as unknown as SourceRow[]
  await expect
    .poll(
      async () => {
        const ours = await allRows(replica, window)
        return ours.map((row) => [row.id, row.inputTokens, row.outputTokens].join())
      },
      { interval: 200 },
    )
    .toEqual(theirs.map((row) => [row.id, row.input, row.output].join()))
  const overview = await replica.overview(window, window, [window.fromMs])
  expect(overview.current.requests).toBe(theirs.length)
  expect(overview.current.inputTokens).toBe(theirs.reduce((sum, row) => sum + (row.input ?? 0), 0))
}

test('rows that came, went or changed long ago are found by comparing hours, and only differing hours are read', async () => {
  const url = await postgres.createDatabase('reconcile')
  await fillWithRequests(url, 3000)
  const ranges: number[] = []
  running = await startSync(folder.path, url, {
    change: (source) => ({
      ...source,
      readRange(range, signal) {
        ranges.push(range.toUs - range.fromUs)
        return source.readRange(range, signal)
      },
    }),
  })
  await stateOf(running.sync, isWhole)
  const before = await hoursOf(url)
  // A comparison that is under way may read an hour as soon as it is changed.
  ranges.length = 0

  await runSql(
    url,
    `DELETE FROM requests WHERE timestamp BETWEEN now() - interval '20 days 3 hours' AND now() - interval '20 days'`,
  )
  await runSql(
    url,
    `UPDATE requests SET output_tokens = 4242 WHERE request_id = (
    SELECT request_id FROM requests WHERE timestamp < now() - interval '5 days' ORDER BY timestamp DESC LIMIT 1)`,
  )
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens)
    SELECT md5('late' || i)::uuid, now() - interval '40 days' + make_interval(mins => i), 'late.example', 'claude-opus-4-1', i
    FROM generate_series(1, 90) AS i`,
  )
  const after = await hoursOf(url)
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (hour) => before.get(hour) !== after.get(hour),
  )
  // Whatever the time of day: the changed row and the 90 minutes of new ones.
  expect(differing.length).toBeGreaterThanOrEqual(3)
  running.sync.recheck()

  await expectEqual(url, running.replica)
  const hourUs = 3_600_000_000
  const hoursRead = ranges.filter((length) => length <= 6 * hourUs).reduce((sum, length) => sum + length / hourUs, 0)
  expect(hoursRead).toBeGreaterThanOrEqual(differing.length)
  expect(hoursRead).toBeLessThan(12)
})

test('rows older than all that was there before are taken in as well', async () => {
  const url = await postgres.createDatabase('reconcile_older')
  await fillWithRequests(url, 500)
  await runSql(url, `DELETE FROM requests WHERE timestamp < now() - interval '2 days'`)
  running = await startSync(folder.path, url)
  await stateOf(running.sync, isWhole)

  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, domain, input_tokens)
    SELECT md5('older' || i)::uuid, now() - make_interval(hours => 60 + i), 'older.example', 7 FROM generate_series(1, 200) AS i`,
  )
  running.sync.recheck()

  await expectEqual(url, running.replica)
})
