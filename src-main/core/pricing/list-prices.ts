import type { PriceList, PriceRow } from '../../contract/costs'
import type { FilePeriod, FileRates, PriceFile } from './price-file'

/** The price file as a list to read: every dated row with its sources. */
export function listPrices(file: PriceFile): PriceList {
  const { multipliers, server_tools } = file.rules
  return {
    compiled: file.compiled,
    batchFactor: multipliers.batch,
    regionFactor: multipliers.inference_geo_us.factor,
    webSearchUsdPerThousand: server_tools.web_search_per_1000_requests,
    models: file.models.map(({ id, name, status, confidence, periods, sources }) => ({
      id,
      name,
      status,
      confidence,
      rows: periods.flatMap(toRows),
      sources: sources.flatMap((source) => file.sources[source] ?? []),
    })),
  }
}

function toRows(period: FilePeriod): PriceRow[] {
  const days = { from: period.from, to: period.to }
  const { long_prompt: long, fast = [] } = period
  return [
    { ...days, band: 'base', aboveTokens: null, ...toRates(period) },
    ...(long ? [{ ...days, band: 'long' as const, aboveTokens: long.threshold_prompt_tokens, ...toRates(long) }] : []),
    ...fast.map((span) => ({
      // Within its period: the pricing of a request asks for both.
      from: latest(period.from, span.from),
      to: earliest(period.to, span.to),
      band: 'fast' as const,
      aboveTokens: null,
      ...toRates(span),
    })),
  ]
}

function toRates({ input, output, cache_read, cache_write_5m, cache_write_1h }: FileRates) {
  return {
    inputUsd: input,
    outputUsd: output,
    cacheReadUsd: cache_read,
    cacheWrite5mUsd: cache_write_5m,
    cacheWrite1hUsd: cache_write_1h,
  }
}

/** Days as `2026-11-30` compare as texts; null is open. */
function latest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a
}

function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a
}
