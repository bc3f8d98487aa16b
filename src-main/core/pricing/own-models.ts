import type { OwnPrice, Rates } from '../../contract/own-prices'
import type { FileModel, FilePeriod, FileRates } from './price-file'

/** The user's own prices in the shape of the price file, one model for each id. */
export function toFileModels(prices: readonly OwnPrice[]): FileModel[] {
  const byModel = new Map<string, OwnPrice[]>()
  for (const price of prices) {
    const id = price.model.trim().toLowerCase()
    byModel.set(id, [...(byModel.get(id) ?? []), price])
  }
  return [...byModel].map(([id, rows]) => ({
    id,
    name: id,
    family: '',
    aliases: [],
    match: patternOf(id),
    status: 'own price',
    periods: rows.map(toPeriod),
    confidence: 'high',
    sources: [],
  }))
}

/** `*` stands for any characters; one star for several, so that no id can make the search long. */
function patternOf(id: string): string {
  const parts = id.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return `^${parts.join('.*')}$`
}

function toPeriod({ from, to, long, fast, ...base }: OwnPrice): FilePeriod {
  return {
    from,
    to,
    ...toRates(base),
    ...(long && { long_prompt: { threshold_prompt_tokens: long.aboveTokens, ...toRates(long) } }),
    ...(fast && { fast: [{ from: null, to: null, ...toRates(fast) }] }),
  }
}

function toRates({ inputUsd, outputUsd, cacheReadUsd, cacheWrite5mUsd, cacheWrite1hUsd }: Rates): FileRates {
  return {
    input: inputUsd,
    output: outputUsd,
    cache_read: cacheReadUsd,
    cache_write_5m: cacheWrite5mUsd,
    cache_write_1h: cacheWrite1hUsd,
  }
}
