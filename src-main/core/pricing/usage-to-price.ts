import type { RequestUsage } from '../ports'

/** What one request used, as the price ledger asks for it. Tokens are integers; null counts as 0. */
export interface UsageToPrice {
  model: string | null
  /** Discounts are of domains. */
  domain: string | null
  timestampMs: number
  inputTokens: number | null
  outputTokens: number | null
  cacheReadTokens: number | null
  cacheWrite5mTokens: number | null
  cacheWrite1hTokens: number | null
  cacheWriteSplitUnknown: boolean
  webSearches: number | null
  serviceTier: string | null
  speed: string | null
  inferenceGeo: string | null
  /** The API's `usage.iterations` as JSON text. */
  iterations: string | null
}

/** The part of a row that bears on its price. */
export interface RowToPrice {
  model: string | null
  domain: string | null
  timestampMs: number
  inputTokens: number | null
  outputTokens: number | null
}

/**
 * What to price for a row: its own token columns, for these are what every sum on screen is made of, and the answer's
 * usage where a column is null or there is none. Without usage (not read yet) the price is that of the columns alone.
 */
export function toUsageToPrice(row: RowToPrice, usage: Omit<RequestUsage, 'id'> | null): UsageToPrice {
  return {
    model: row.model,
    domain: row.domain,
    timestampMs: row.timestampMs,
    inputTokens: row.inputTokens ?? usage?.inputTokens ?? null,
    outputTokens: row.outputTokens ?? usage?.outputTokens ?? null,
    cacheReadTokens: usage?.cacheReadTokens ?? null,
    cacheWrite5mTokens: usage?.cacheWrite5mTokens ?? null,
    cacheWrite1hTokens: usage?.cacheWrite1hTokens ?? null,
    cacheWriteSplitUnknown: usage?.cacheWriteSplitUnknown ?? false,
    webSearches: usage?.webSearches ?? null,
    serviceTier: usage?.serviceTier ?? null,
    speed: usage?.speed ?? null,
    inferenceGeo: usage?.inferenceGeo ?? null,
    iterations: usage?.iterations ?? null,
  }
}
