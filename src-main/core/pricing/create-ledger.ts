import type { CostBreakdown } from '../../contract/conversations'
import type { PriceList } from '../../contract/costs'
import { noOwnPrices, type OwnPrices } from '../../contract/own-prices'
import { createHash } from '../threads/create-hash'
import { compileRates } from './compile-rates'
import { afterDiscount, createDiscounts } from './discounts'
import { explainCharges } from './explain-charges'
import { createModelFinder } from './find-models'
import { listPrices } from './list-prices'
import { toFileModels } from './own-models'
import { chargePico, pickRates, promptTokens, type Picked } from './pick-rates'
import { priceCacheReads, type CacheReadPrice } from './price-cache-reads'
import { parsePriceFile, type PriceFile } from './price-file'
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

/** Dated prices: the list's, the user's own before them, less discounts. Of single requests: bands forbid sums. */
export interface PriceLedger {
  price(usage: UsageToPrice): Price
  /** The same price in parts that add up to it, and what it rests on. */
  explain(usage: UsageToPrice): CostBreakdown
  /** What the cache reads cost and would have cost as fresh input; null where they have no price. */
  priceCacheReads(usage: UsageToPrice): CacheReadPrice | null
  /** The prompt lengths in tokens above which some model has another price, ascending. */
  readonly longPromptThresholds: readonly number[]
  /** Whether domains have prices of their own. */
  readonly hasDiscounts: boolean
  /** The same for ledgers that price every request alike, in this and the next run; another for others. */
  readonly key: string
  /** Every dated row of the price list, to be read. */
  list(): PriceList
  /** Null for a model that the price list does not know. */
  describe(model: string | null): ModelDescription | null
}

/** To be raised when the same list and the same request come to another price, so that stored ones are made anew. */
const pricingVersion = 1

/** A ledger over a price file. Throws `invalid-input` when the file or the own prices cannot be used. */
export function createLedger(data: unknown, own: OwnPrices = noOwnPrices): PriceLedger {
  const file = parsePriceFile(data)
  const rules = compileRates(file, toFileModels(own.prices))
  const { models, webSearchPico, factors } = rules
  const discounts = createDiscounts(own.discounts)
  const findModels = createModelFinder(rules)

  /** An own price of that day, else the list's. */
  function pick(charge: Charge, usage: UsageToPrice): Picked | null {
    const found = findModels(charge.model)
    for (const priced of found.own) {
      const rates = pickRates(priced, charge, usage)
      if (rates) return { priced, rates }
    }
    const rates = found.listed && pickRates(found.listed, charge, usage)
    return rates ? { priced: found.listed!, rates } : null
  }

  function priceCharge(charge: Charge, usage: UsageToPrice): Price {
    if (promptTokens(charge) + charge.output === 0) return { picoUsd: 0, lowerBound: false }
    const picked = pick(charge, usage)
    if (!picked) return { picoUsd: null, lowerBound: false }
    const { priced, rates } = picked
    const isPlaceUnknown = priced.endpoint === 'vertex' && priced.model.hasRegionalPremium
    return { picoUsd: chargePico(charge, rates.rates), lowerBound: charge.isSplitUnknown || isPlaceUnknown }
  }

  function priceBeforeDiscount(usage: UsageToPrice): Price {
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

  const discountOf = (usage: UsageToPrice): number => discounts.basisPoints(usage.domain, usage.timestampMs)

  return {
    price(usage) {
      const { picoUsd, lowerBound } = priceBeforeDiscount(usage)
      return { picoUsd: picoUsd === null ? null : afterDiscount(picoUsd, discountOf(usage)), lowerBound }
    },
    explain(usage) {
      const { picoUsd } = priceBeforeDiscount(usage)
      return explainCharges(
        readCharges(usage),
        usage,
        { listPico: picoUsd, discountBasisPoints: discountOf(usage) },
        { pick, listed: (id) => findModels(id).listed, webSearchPico, factors },
      )
    },
    priceCacheReads: (usage) => priceCacheReads(usage, pick, discountOf(usage)),
    longPromptThresholds: [
      ...new Set(
        [...models, ...rules.own].flatMap((model) => model.periods.flatMap(({ long }) => long?.aboveTokens ?? [])),
      ),
    ].toSorted((a, b) => a - b),
    hasDiscounts: !discounts.isEmpty,
    key: keyOf(file, own),
    list: () => listPrices(file),
    describe(id) {
      const known = findModels(id).listed?.model.file
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

/** Of what bears on a price alone: a note or a source changes none. */
function keyOf({ rules, models }: PriceFile, { prices, discounts }: OwnPrices): string {
  const what = {
    rules,
    models: models.map(({ id, match, periods }) => ({ id, match, periods })),
    prices: prices.map(({ id: _id, note: _note, ...price }) => price),
    discounts: discounts.map(({ id: _id, note: _note, ...discount }) => discount),
  }
  return `${pricingVersion}-${createHash().add(JSON.stringify(what)).value().toString(36)}`
}
