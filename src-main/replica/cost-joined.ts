import type { JoinedCost } from '../contract/costs'
import type { CostAnswer, CostQuestion } from '../core/ports'
import { bucketIndexSql } from './bucket-sql'
import { rowsOf, rowUsage, tokenColumns, type PricedRow } from './cost-rows'
import { pricing } from './price-request'
import type { ReadContext } from './read-context'
import { costUsd, usageNull } from './schema'
import type { Statements } from './session'
import { dayUs, usFromMs } from './time-units'

/** No shorter prompt is cached, so that smaller differences are those of where the markers stood. */
const leastMissedTokens = 1024
/** A turn this much later than the one before it has no use of its cache anyway. */
const longestPauseUs = 7 * dayUs

export interface Joined {
  total: JoinedCost
  /** By the code or bucket of a row; of teams by that of their domains. */
  byPlace: Map<number, JoinedCost>
}

interface JoinedRow {
  place: number
  isTotal: number
  conversations: number
  requests: number
  microUsd: number
  restPico: number
}

export const nothingJoined: JoinedCost = { conversations: 0, requests: 0, costUsd: 0 }

/** Conversations of the rows of the table, as far as requests are joined to them. */
export async function readJoined(
  statements: Statements,
  context: ReadContext,
  { window, rows, bucketStarts }: CostQuestion,
): Promise<Joined> {
  const joined: Joined = { total: nothingJoined, byPlace: new Map() }
  const within = await rowsOf(statements, context, window)
  if (within === null) return joined
  const { sql, values } = within
  // A conversation lies within one domain, so that those of a team are the sum of its domains'.
  const place =
    rows === 'model'
      ? 'model'
      : rows === 'domain' || rows === 'team'
        ? 'domain'
        : bucketIndexSql('timestamp_us', bucketStarts.map(usFromMs), (value) => `$${values.push(value)}`)
  const found = await statements.rows<JoinedRow>(
    `SELECT coalesce(place, 0)::DOUBLE AS place, GROUPING(place)::DOUBLE AS "isTotal",
      count(DISTINCT conversation_id)::DOUBLE AS conversations, count(*)::DOUBLE AS requests,
      (sum(cost_pico) // 1000000)::DOUBLE AS "microUsd", (sum(cost_pico) % 1000000)::DOUBLE AS "restPico"
    FROM (SELECT id, cost_pico, ${place} AS place FROM request WHERE ${sql}) AS asked JOIN thread_link USING (id)
    GROUP BY GROUPING SETS ((place), ())`,
    values,
  )
  for (const { place: at, isTotal, conversations, requests, microUsd, restPico } of found) {
    if (requests === 0) continue
    const cost = { conversations, requests, costUsd: costUsd(microUsd, restPico) }
    if (isTotal === 1) joined.total = cost
    else joined.byPlace.set(at, cost)
  }
  return joined
}

interface MissRow extends PricedRow {
  missed: number
}

/** Turns that read less than the one before had left in the cache, by figures alone: no body is read. */
export async function readCacheMisses(
  statements: Statements,
  context: ReadContext,
  { window }: CostQuestion,
): Promise<CostAnswer['cacheMisses']> {
  const within = await rowsOf(statements, context, window)
  if (within === null) return []
  const { sql, values } = within
  const isKnown = `usage_read = 1 AND usage_nulls & ${usageNull.cacheReadTokens} = 0`
  const parentsFrom = `$${values.push(usFromMs(window.fromMs) - longestPauseUs)}`
  const rows = await statements.rows<MissRow>(
    `WITH turn AS (
      SELECT id, domain, model, service_tier, speed, inference_geo, timestamp_us, ${tokenColumns}
      FROM request WHERE ${sql} AND pricing = ${pricing.priced} AND ${isKnown}
    ), parent AS (
      SELECT id, cache_read_tokens::BIGINT + cache_write_5m_tokens + cache_write_1h_tokens AS kept FROM request
      WHERE timestamp_us >= ${parentsFrom} AND timestamp_us < $2 AND ${isKnown}
    )
    SELECT domain, model, service_tier AS tier, speed, inference_geo AS place, turn.timestamp_us::DOUBLE AS "timestampUs",
      input, output, read, write5m, write1h, least(kept - read, input::BIGINT + write5m + write1h)::DOUBLE AS missed
    FROM turn JOIN thread_link USING (id) JOIN parent ON parent.id = TRY_CAST(parent_id AS UUID)
    WHERE kind IN ('turn', 'branch')
      AND least(kept - read, input::BIGINT + write5m + write1h) >= ${leastMissedTokens}`,
    values,
  )
  const { words } = context
  return rows.map((row) => ({ missedTokens: row.missed, usage: rowUsage(words, row, null) }))
}
