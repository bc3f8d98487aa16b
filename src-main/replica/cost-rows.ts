import type { UnpricedModel } from '../contract/costs'
import type { CacheReads, CostQuestion, QueryWindow } from '../core/ports'
import type { UsageToPrice } from '../core/pricing/usage-to-price'
import { pricing } from './price-request'
import type { ReadContext } from './read-context'
import { makeRowFilter } from './row-filter'
import { sourceNull } from './schema'
import type { SqlValue, Statements } from './session'
import { dayUs, usFromMs } from './time-units'
import type { Words } from './words'

/** What requests without a price used, by model, most requests first. */
export async function readUnpriced(
  statements: Statements,
  context: ReadContext,
  window: QueryWindow,
): Promise<UnpricedModel[]> {
  const { words } = context
  const within = await rowsOf(statements, context, window)
  if (within === null) return []
  const rows = await statements.rows<Omit<UnpricedModel, 'model'> & { model: number }>(
    `SELECT model, count(*)::DOUBLE AS requests,
      sum(input_tokens)::DOUBLE AS "inputTokens", sum(output_tokens)::DOUBLE AS "outputTokens",
      sum(cache_read_tokens)::DOUBLE AS "cacheReadTokens",
      (sum(cache_write_5m_tokens) + sum(cache_write_1h_tokens))::DOUBLE AS "cacheWriteTokens"
    FROM request WHERE ${within.sql} AND pricing = ${pricing.unpriced}
    GROUP BY model ORDER BY requests DESC, model`,
    within.values,
  )
  return rows.map((row) => ({ ...row, model: words.text(row.model) }))
}

/** What a price depends on beside tokens, in codes. */
interface PricedGroup {
  domain: number
  model: number
  tier: number
  speed: number
  place: number
}

interface ReadGroup extends PricedGroup {
  day: number
  promptTokens: number
  tokens: number
}

/** A request whose tokens are selected as `tokenColumns`. */
export interface PricedRow extends PricedGroup {
  timestampUs: number
  input: number
  output: number
  read: number
  write5m: number
  write1h: number
}

/** As the price ledger counts a prompt: the row's own column, and the answer's where that is null. */
export const inputTokens = `CASE WHEN source_nulls & ${sourceNull.inputTokens} <> 0 THEN usage_input_tokens ELSE input_tokens END`
const promptTokens = `(greatest(${inputTokens}, 0)::BIGINT + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens)`
export const tokenColumns = `greatest(${inputTokens}, 0) AS input, greatest(output_tokens, 0) AS output, cache_read_tokens AS read,
  cache_write_5m_tokens AS write5m, cache_write_1h_tokens AS write1h`
const ofPrice = 'model, service_tier AS tier, speed, inference_geo AS place'

/**
 * Cache reads of priced requests, together where the price is the same: of a model, tier, speed, place, UTC day and
 * band of the prompt's length, and of a domain where there are discounts. Requests that were billed in several attempts come one by one.
 */
export async function readCacheReads(
  statements: Statements,
  context: ReadContext,
  window: QueryWindow,
  { longPromptThresholds, hasDiscounts }: Pick<CostQuestion, 'longPromptThresholds' | 'hasDiscounts'>,
): Promise<CacheReads[]> {
  const { words } = context
  const within = await rowsOf(statements, context, window)
  if (within === null) return []
  // A bare number would be the place of a column.
  const band = ['0::INTEGER', ...longPromptThresholds.map((tokens) => `(prompt > ${tokens})::INTEGER`)].join(' + ')
  const groups = await statements.rows<ReadGroup>(
    `SELECT ${hasDiscounts ? 'domain' : '0::UINTEGER'} AS domain, ${ofPrice}, (timestamp_us // ${dayUs})::DOUBLE AS day, min(prompt)::DOUBLE AS "promptTokens",
      sum(cache_read_tokens)::DOUBLE AS tokens
    FROM (SELECT *, ${promptTokens} AS prompt FROM request)
    WHERE ${within.sql} AND pricing = ${pricing.priced} AND cache_read_tokens > 0
      AND id NOT IN (SELECT id FROM iterations)
    GROUP BY ${hasDiscounts ? 'domain, ' : ''}model, service_tier, speed, inference_geo, timestamp_us // ${dayUs}, ${band}`,
    within.values,
  )
  const single = await statements.rows<PricedRow & { iterations: string }>(
    `SELECT domain, ${ofPrice}, timestamp_us::DOUBLE AS "timestampUs", ${tokenColumns}, iterations
    FROM request JOIN iterations USING (id) WHERE ${within.sql} AND pricing = ${pricing.priced}`,
    within.values,
  )
  return [
    // A prompt of the band's shortest length, all of it read: what a token costs depends on the band alone.
    ...groups.map((group) => ({
      tokens: group.tokens,
      times: group.tokens / group.promptTokens,
      usage: {
        ...groupUsage(words, group),
        timestampMs: group.day * (dayUs / 1000),
        inputTokens: 0,
        outputTokens: 0,
        cacheReadTokens: group.promptTokens,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
        iterations: null,
      },
    })),
    ...single.map((row) => ({ tokens: row.read, times: 1, usage: rowUsage(words, row, row.iterations) })),
  ]
}

function groupUsage(words: Words, group: PricedGroup) {
  return {
    domain: words.text(group.domain),
    model: words.text(group.model),
    serviceTier: words.text(group.tier),
    speed: words.text(group.speed),
    inferenceGeo: words.text(group.place),
    cacheWriteSplitUnknown: false,
    webSearches: 0,
  }
}

/** The request as the price ledger takes it; `iterations` where it was billed in several attempts. */
export function rowUsage(words: Words, row: PricedRow, iterations: string | null): UsageToPrice {
  return {
    ...groupUsage(words, row),
    timestampMs: row.timestampUs / 1000,
    inputTokens: row.input,
    outputTokens: row.output,
    cacheReadTokens: row.read,
    cacheWrite5mTokens: row.write5m,
    cacheWrite1hTokens: row.write1h,
    iterations,
  }
}

/** The rows of a window as a condition over `request`; null where no row can be meant. */
export async function rowsOf(
  statements: Statements,
  context: ReadContext,
  window: QueryWindow,
): Promise<{ sql: string; values: SqlValue[] } | null> {
  const filter = await makeRowFilter(statements, context, window)
  if (filter === null) return null
  const values: SqlValue[] = [usFromMs(window.fromMs), usFromMs(window.toMs)]
  const sql = filter.sql((value) => `$${values.push(value)}`)
  return { sql: `timestamp_us >= $1 AND timestamp_us < $2 ${sql}`, values }
}
