import { Failure } from '../failure'
import type { FileModel, FilePeriod, FileRates, PriceFile } from './price-file'
import { generationOf } from './normalise-model-id'

/** Integer picodollars (1e-12 USD) per token; null where no price was published. */
export interface TokenRates {
  input: number
  output: number
  cacheRead: number | null
  cacheWrite5m: number | null
  cacheWrite1h: number | null
}

/** The same rates at standard and at batch tier, each with and without the premium of a region. */
export interface RateSet {
  standard: TokenRates
  batch: TokenRates
  standardPremium: TokenRates
  batchPremium: TokenRates
}

interface Span {
  fromMs: number
  toMs: number
}

export interface CompiledPeriod extends Span {
  base: RateSet
  long: { aboveTokens: number; rates: RateSet } | null
  fast: (Span & { rates: RateSet })[]
}

export interface CompiledModel {
  file: FileModel
  pattern: RegExp
  periods: CompiledPeriod[]
  /** From 4.6 on `inference_geo: us` costs more. */
  hasGeoPremium: boolean
  /** From 4.5 on a regional Bedrock or Vertex endpoint costs more. */
  hasRegionalPremium: boolean
}

/** What a rate is multiplied by at batch tier, and by the premium of a place. */
export interface Factors {
  batch: number
  premium: number
}

export interface CompiledRules {
  webSearchPico: number
  factors: Factors
  models: CompiledModel[]
  /** The user's own, the exact ids first, then the longest patterns. */
  own: CompiledModel[]
}

/** One US dollar per million tokens is a million picodollars per token; rates have at most four decimals. */
const picoPerTenThousandth = 100

/** Rates as integers, so that prices are exact. Throws `invalid-input` where periods overlap or a factor breaks that. */
export function compileRates(file: PriceFile, own: readonly FileModel[] = []): CompiledRules {
  const { multipliers, server_tools } = file.rules
  const factors = { batch: multipliers.batch, premium: multipliers.inference_geo_us.factor }
  const compileSet = (rates: FileRates): RateSet => ({
    standard: scale(rates, 1, 1),
    batch: scale(rates, factors.batch, 1),
    standardPremium: scale(rates, 1, factors.premium),
    batchPremium: scale(rates, factors.batch, factors.premium),
  })
  const compilePeriod = (period: FilePeriod): CompiledPeriod => ({
    ...toSpan(period),
    base: compileSet(period),
    long: period.long_prompt
      ? { aboveTokens: period.long_prompt.threshold_prompt_tokens, rates: compileSet(period.long_prompt) }
      : null,
    fast: (period.fast ?? []).map((fast) => ({ ...toSpan(fast), rates: compileSet(fast) })),
  })
  const compileModel = (model: FileModel): CompiledModel => {
    const periods = model.periods.map(compilePeriod)
    if (overlaps(periods)) throw refuse(`two periods of ${model.id} overlap`)
    const generation = generationOf(model.id)
    return {
      file: model,
      pattern: new RegExp(model.match),
      periods,
      hasGeoPremium: generation >= 406,
      hasRegionalPremium: generation >= 405,
    }
  }
  return {
    webSearchPico: toInteger(server_tools.web_search_per_1000_requests * 1e9),
    factors,
    models: file.models.map(compileModel),
    own: own.map(compileModel).toSorted((a, b) => starsOf(a) - starsOf(b) || b.file.id.length - a.file.id.length),
  }
}

function starsOf({ file }: CompiledModel): number {
  return file.id.split('*').length
}

function scale(rates: FileRates, tier: number, place: number): TokenRates {
  const toPico = (rate: number): number => toInteger(Math.round(rate * 1e4) * picoPerTenThousandth * tier * place)
  const orNull = (rate: number | null): number | null => (rate === null ? null : toPico(rate))
  return {
    input: toPico(rates.input),
    output: toPico(rates.output),
    cacheRead: orNull(rates.cache_read),
    cacheWrite5m: orNull(rates.cache_write_5m),
    cacheWrite1h: orNull(rates.cache_write_1h),
  }
}

/** Takes off the float noise of a factor such as 1.1; anything coarser would be a rate that cannot be exact. */
function toInteger(pico: number): number {
  const rounded = Math.round(pico)
  if (Math.abs(pico - rounded) > 1e-3) throw refuse('a factor leaves a fraction of a picodollar per token')
  return rounded
}

function toSpan({ from, to }: { from: string | null; to: string | null }): Span {
  return {
    fromMs: from === null ? -Infinity : Date.parse(`${from}T00:00:00Z`),
    toMs: to === null ? Infinity : Date.parse(`${to}T00:00:00Z`),
  }
}

function overlaps(spans: Span[]): boolean {
  const sorted = spans.toSorted((a, b) => a.fromMs - b.fromMs)
  return sorted.some((span, i) => span.toMs <= span.fromMs || (sorted[i - 1]?.toMs ?? -Infinity) > span.fromMs)
}

function refuse(reason: string): Failure {
  return new Failure('invalid-input', {
    message: `The price file cannot be used: ${reason}.`,
    hint: 'Use a price file of this form, or go back to the list of this release.',
  })
}
