/** What one request used, as the price ledger asks for it. Tokens are integers; null counts as 0. */
export interface UsageToPrice {
  model: string | null
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
