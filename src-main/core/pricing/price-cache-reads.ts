import type { Pick } from './pick-rates'
import { readCharges } from './read-charges'
import type { UsageToPrice } from './usage-to-price'

/** Picodollars (1e-12 USD). */
export interface CacheReadPrice {
  readPico: number
  /** The same tokens at the rate of fresh input, of the same band, tier and place. */
  freshPico: number
}

/** What the cache reads of a request cost and what they saved on; null where one of its models has no price for them. */
export function priceCacheReads(usage: UsageToPrice, pick: Pick, discountBasisPoints: number): CacheReadPrice | null {
  const left = 1 - discountBasisPoints / 10_000
  const price = { readPico: 0, freshPico: 0 }
  for (const charge of readCharges(usage).items) {
    if (charge.cacheRead === 0) continue
    const rates = pick(charge, usage)?.rates.rates
    if (!rates || rates.cacheRead === null) return null
    price.readPico += charge.cacheRead * rates.cacheRead * left
    price.freshPico += charge.cacheRead * rates.input * left
  }
  return price
}
