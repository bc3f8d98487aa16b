import { expect } from 'vitest'
import { runSql } from '../fakes/test-postgres'
import { allRows, type Running } from './replica-fixture'

const columns = `request_id AS id, to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS timestamp, domain,
  model, request_type AS "requestType", input_tokens AS "inputTokens", output_tokens AS "outputTokens",
  response_time_ms AS "responseTimeMs", stream, response_body IS NOT NULL AS answered`

/** Waits until replica and source agree row by row, with every figure of a row, and in the sums over all. */
export async function expectSameRows(
  url: string,
  replica: Running['replica'],
  window: { fromMs: number; toMs: number },
): Promise<void> {
  const range = [new Date(window.fromMs), new Date(window.toMs)]
  const where = 'WHERE timestamp >= $1 AND timestamp < $2'
  const theirs = await runSql(
    url,
    `SELECT ${columns} FROM requests ${where} ORDER BY timestamp DESC, request_id DESC`,
    range,
  )
  const names = Object.keys(theirs[0] ?? {}) as (keyof Awaited<ReturnType<typeof allRows>>[number])[]
  await expect
    .poll(
      async () => {
        const ours = await allRows(replica, window)
        return ours.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))
      },
      { interval: 100 },
    )
    .toEqual(theirs)
  const [sums] = await runSql(
    url,
    `SELECT count(*)::int AS requests, coalesce(sum(input_tokens), 0)::float8 AS "inputTokens",
      coalesce(sum(output_tokens), 0)::float8 AS "outputTokens", count(DISTINCT domain)::int AS "activeDomains"
      FROM requests ${where}`,
    range,
  )
  const overview = await replica.overview(window, window, [window.fromMs])
  expect(overview.current).toMatchObject(sums!)
}
