import type { UsageToPrice } from '../core/pricing/usage-to-price'

/** The part of the price ledger that the replica needs. */
export interface Pricer {
  /** Integer picodollars (1e-12 USD); null when there is no price. */
  price(usage: UsageToPrice): { picoUsd: number | null }
}

/** How a row's `pricing` column reads. */
export const pricing = { priced: 0, unpriced: 1, nothingToPrice: 2 } as const

/** A row is unpriced when it used something that the ledger has no price for; without use there is nothing to price. */
export function priceRequest(pricer: Pricer, usage: UsageToPrice): { picoUsd: number; pricing: number } {
  const { picoUsd } = pricer.price(usage)
  if (picoUsd !== null) return { picoUsd, pricing: pricing.priced }
  const used =
    atLeastZero(usage.inputTokens) +
    atLeastZero(usage.outputTokens) +
    atLeastZero(usage.cacheReadTokens) +
    atLeastZero(usage.cacheWrite5mTokens) +
    atLeastZero(usage.cacheWrite1hTokens) +
    atLeastZero(usage.webSearches)
  return { picoUsd: 0, pricing: used > 0 ? pricing.unpriced : pricing.nothingToPrice }
}

function atLeastZero(value: number | null): number {
  return value !== null && value > 0 ? value : 0
}
