import type { CompiledModel, RateSet, TokenRates } from './compile-rates'
import type { Endpoint } from './normalise-model-id'
import type { Charge } from './read-charges'
import type { UsageToPrice } from './usage-to-price'

/** A model id of a row, found in the price file or among own prices. */
export interface PricedModel {
  model: CompiledModel
  endpoint: Endpoint
  isOwn: boolean
}

export interface PickedRates {
  rates: TokenRates
  /** `long`: the whole request by the prices of prompts over `aboveTokens`. */
  band: 'base' | 'long' | 'fast'
  aboveTokens: number | null
  premium: 'geography' | 'region' | null
  /** What the price list says first, and what holds by length and speed: each still without tier and place. */
  listed: TokenRates
  ofBand: RateSet
}

/** The model and the rates that a charge is priced with. */
export interface Picked {
  priced: PricedModel
  rates: PickedRates
}

/** Finds both by the ledger's order; null where there is no price. */
export type Pick = (charge: Charge, usage: UsageToPrice) => Picked | null

/** Tokens of the prompt as bands count them. */
export function promptTokens(charge: Charge): number {
  return charge.input + charge.cacheRead + charge.cacheWrite5m + charge.cacheWrite1h
}

/**
 * The rates of one charge by its date, speed, prompt length, tier and place; null where none was published, as for
 * fast mode of some models. Fast mode wins over the long band. The premiums of geography (Claude API) and of region
 * (Bedrock) belong to different platforms, so at most one is taken.
 */
export function pickRates({ model, endpoint }: PricedModel, charge: Charge, usage: UsageToPrice): PickedRates | null {
  const at = usage.timestampMs
  const period = model.periods.find((span) => span.fromMs <= at && at < span.toMs)
  if (!period) return null
  const premium =
    model.hasGeoPremium && usage.inferenceGeo === 'us'
      ? 'geography'
      : model.hasRegionalPremium && endpoint === 'regional'
        ? 'region'
        : null
  const isBatch = usage.serviceTier === 'batch'
  const picked = (ofBand: RateSet, band: PickedRates['band'], aboveTokens: number | null): PickedRates => {
    const dear = isBatch ? ofBand.batchPremium : ofBand.standardPremium
    const plain = isBatch ? ofBand.batch : ofBand.standard
    return { rates: premium ? dear : plain, band, aboveTokens, premium, listed: period.base.standard, ofBand }
  }
  if (usage.speed === 'fast') {
    const fast = period.fast.find((span) => span.fromMs <= at && at < span.toMs)
    return fast ? picked(fast.rates, 'fast', null) : null
  }
  const { long } = period
  if (long && promptTokens(charge) > long.aboveTokens) {
    return picked(long.rates, 'long', long.aboveTokens)
  }
  return picked(period.base, 'base', null)
}

/** Picodollars of a charge; null where it used a kind of token that has no published price. */
export function chargePico(charge: Charge, rates: TokenRates): number | null {
  const cacheRead = kindPico(charge.cacheRead, rates.cacheRead)
  const cacheWrite5m = kindPico(charge.cacheWrite5m, rates.cacheWrite5m)
  const cacheWrite1h = kindPico(charge.cacheWrite1h, rates.cacheWrite1h)
  if (cacheRead === null || cacheWrite5m === null || cacheWrite1h === null) return null
  return charge.input * rates.input + charge.output * rates.output + cacheRead + cacheWrite5m + cacheWrite1h
}

function kindPico(tokens: number, rate: number | null): number | null {
  return tokens === 0 ? 0 : rate === null ? null : tokens * rate
}
