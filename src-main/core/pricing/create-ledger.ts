import type { CostBreakdown } from '../../contract/conversations'
import type { PriceList } from '../../contract/costs'
import { compileRates, type CompiledModel } from './compile-rates'
import { explainCharges } from './explain-charges'
import { normaliseModelId, withDashes } from './normalise-model-id'
import { chargePico, pickRates, promptTokens, type PricedModel } from './pick-rates'
import { priceCacheReads, type CacheReadPrice } from './price-cache-reads'
import { listPrices } from './list-prices'
import { parsePriceFile } from './price-file'
import { readCharges, toCharge, type Charge } from './read-charges'
import type { UsageToPrice } from './usage-to-price'

export interface Price {
  /** Integer picodollars (1e-12 USD), exact up to 9,007 USD a request; null: the ledger has no price for it. */
  picoUsd: number | null
  /** True when the bill can only be higher: what the row lacks would add to it. */
  lowerBound: boolean
}

/** What the price file knows of a model beside its price. */
export interface ModelDescription {
  id: string
  name: string
  family: string
  contextWindowTokens: number | null
  status: string
  /** The day, as `2026-11-30`, on which the API stops to serve it; null where none is announced. */
  endOfLife: string | null
  isRetired: boolean
}

/** Dated list prices. Prices are of single requests: bands forbid to price a sum. */
export interface PriceLedger {
  price(usage: UsageToPrice): Price
  /** The same price in parts that add up to it, and what it rests on. */
  explain(usage: UsageToPrice): CostBreakdown
  /** What the cache reads cost and would have cost as fresh input; null where they have no price. */
  priceCacheReads(usage: UsageToPrice): CacheReadPrice | null
  /** The prompt lengths in tokens above which some model has another price, ascending. */
  readonly longPromptThresholds: readonly number[]
  /** Every dated row, to be read. */
  list(): PriceList
  /** Null for a model that the ledger does not know. */
  describe(model: string | null): ModelDescription | null
}

/** Model ids come out of rows: a limit keeps junk ids from filling the memory. */
const longestCache = 10_000

/** A ledger over a price file. Throws `invalid-input` when the file cannot be used. */
export function createLedger(data: unknown): PriceLedger {
  const file = parsePriceFile(data)
  const { models, webSearchPico, factors } = compileRates(file)
  const cache = new Map<string, PricedModel | null>()

  function findModel(id: string | null): PricedModel | null {
    if (id === null) return null
    const known = cache.get(id)
    if (known !== undefined) return known
    const found = matchModel(models, id)
    if (cache.size >= longestCache) cache.clear()
    cache.set(id, found)
    return found
  }

  function priceCharge(charge: Charge, usage: UsageToPrice): Price {
    if (promptTokens(charge) + charge.output === 0) return { picoUsd: 0, lowerBound: false }
    const priced = findModel(charge.model)
    const picked = priced && pickRates(priced, charge, usage)
    if (!picked) return { picoUsd: null, lowerBound: false }
    const isPlaceUnknown = priced.endpoint === 'vertex' && priced.model.hasRegionalPremium
    return { picoUsd: chargePico(charge, picked.rates), lowerBound: charge.isSplitUnknown || isPlaceUnknown }
  }

  function price(usage: UsageToPrice): Price {
    const searchPico = Math.max(usage.webSearches ?? 0, 0) * webSearchPico
    if (usage.iterations === null) {
      const { picoUsd, lowerBound } = priceCharge(toCharge(usage), usage)
      return { picoUsd: picoUsd === null ? null : picoUsd + searchPico, lowerBound }
    }
    const charges = readCharges(usage)
    let picoUsd = searchPico
    let lowerBound = charges.isUnreadable || charges.refused > 0
    for (const charge of charges.items) {
      const part = priceCharge(charge, usage)
      if (part.picoUsd === null) return { picoUsd: null, lowerBound: false }
      picoUsd += part.picoUsd
      lowerBound ||= part.lowerBound
    }
    return { picoUsd, lowerBound }
  }

  return {
    price,
    explain: (usage) =>
      explainCharges(readCharges(usage), usage, price(usage).picoUsd, { findModel, webSearchPico, factors }),
    priceCacheReads: (usage) => priceCacheReads(usage, findModel),
    longPromptThresholds: [
      ...new Set(models.flatMap((model) => model.periods.flatMap(({ long }) => long?.aboveTokens ?? []))),
    ].toSorted((a, b) => a - b),
    list: () => listPrices(file),
    describe(id) {
      const known = findModel(id)?.model.file
      if (!known) return null
      return {
        id: known.id,
        name: known.name,
        family: known.family,
        contextWindowTokens: known.context_window ?? null,
        status: known.status,
        endOfLife: /end of life (\d{4}-\d{2}-\d{2})/.exec(known.status)?.[1] ?? null,
        isRetired: known.status.startsWith('retired'),
      }
    },
  }
}

/** The one row of the file that an id belongs to. Old ids have dots, others spell the same version with dashes. */
function matchModel(models: CompiledModel[], id: string): PricedModel | null {
  const normal = normaliseModelId(id)
  const dashed = withDashes(normal.id)
  const model = models.find(({ pattern }) => pattern.test(normal.id) || pattern.test(dashed))
  return model ? { model, endpoint: normal.endpoint } : null
}
