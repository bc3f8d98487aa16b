import type { CostBreakdown, CostPart } from '../../contract/conversations'
import type { Factors, TokenRates } from './compile-rates'
import { afterDiscount } from './discounts'
import { chargePico, promptTokens, type Pick, type Picked, type PickedRates, type PricedModel } from './pick-rates'
import type { Charge, Charges } from './read-charges'
import type { UsageToPrice } from './usage-to-price'

interface Lookup {
  pick: Pick
  /** The price list's model of an id, without regard to days. */
  listed(id: string | null): PricedModel | null
  webSearchPico: number
  factors: Factors
}

/** The parts of the price after the discount, which was made of `charges`, and whole sentences on what it rests on. */
export function explainCharges(
  charges: Charges,
  usage: UsageToPrice,
  { listPico, discountBasisPoints }: { listPico: number | null; discountBasisPoints: number },
  lookup: Lookup,
): CostBreakdown {
  const notes = new Set<string>()
  const parts: CostPart[] = []
  if (charges.items.length > 1) notes.add(`${charges.items.length} attempts are billed, each at its own model.`)
  if (charges.refused > 0) {
    notes.add('At least this: an attempt that was refused before any output is left out, as most are not billed.')
  }
  if (charges.isUnreadable) notes.add('The attempts of this answer could not be read: this is the last one alone.')
  for (const charge of charges.items) {
    if (promptTokens(charge) + charge.output === 0) continue
    const picked = lookup.pick(charge, usage)
    if (picked) {
      for (const note of describeRates(picked, charge, lookup.factors)) notes.add(note)
      parts.push(...toParts(charge, picked.rates, usage))
    } else {
      notes.add(describeMissing(lookup.listed(charge.model), charge, usage))
    }
  }
  for (const note of describeTier(usage, lookup.factors)) notes.add(note)
  const searches = Math.max(usage.webSearches ?? 0, 0)
  if (searches > 0) {
    const costUsd = toUsd(searches * lookup.webSearchPico)
    parts.push({ kind: 'web-search', model: null, quantity: searches, rateUsd: lookup.webSearchPico / 1e9, costUsd })
  }
  if (listPico === null) return { totalUsd: null, parts: [], notes: [...notes] }
  const totalPico = afterDiscount(listPico, discountBasisPoints)
  if (discountBasisPoints > 0) {
    notes.add(`Less your discount of ${discountBasisPoints / 100}%.`)
    const costUsd = -toUsd(listPico - totalPico)
    parts.push({ kind: 'discount', model: null, quantity: 1, rateUsd: costUsd, costUsd })
  }
  return { totalUsd: toUsd(totalPico), parts, notes: [...notes] }
}

/** Tokens at the list's rates, then what length or speed, tier and place make of them; all add up to the price. */
function toParts(charge: Charge, picked: PickedRates, { serviceTier }: UsageToPrice): CostPart[] {
  const { listed, ofBand, band, rates } = picked
  const ofTier = serviceTier === 'batch' ? ofBand.batch : ofBand.standard
  const [atList, atBand, atTier, atPlace] = [
    chargePico(charge, listed),
    chargePico(charge, ofBand.standard),
    chargePico(charge, ofTier),
    chargePico(charge, rates),
  ] as const
  // Where the list has no rate for something that the band has one for, there is nothing to compare.
  if (atList === null || atBand === null || atTier === null || atPlace === null) return tokenParts(charge, rates)
  const change = (kind: CostPart['kind'], fromPico: number, toPico: number): CostPart[] => {
    const costUsd = toUsd(toPico - fromPico)
    return costUsd === 0 ? [] : [{ kind, model: charge.model, quantity: 1, rateUsd: costUsd, costUsd }]
  }
  return [
    ...tokenParts(charge, listed),
    ...change(band === 'fast' ? 'fast' : 'long-prompt', atList, atBand),
    ...change('batch', atBand, atTier),
    ...change('premium', atTier, atPlace),
  ]
}

function tokenParts(charge: Charge, rates: TokenRates): CostPart[] {
  const kinds: [CostPart['kind'], number, number | null][] = [
    ['input', charge.input, rates.input],
    ['cache-read', charge.cacheRead, rates.cacheRead],
    ['cache-write-5m', charge.cacheWrite5m, rates.cacheWrite5m],
    ['cache-write-1h', charge.cacheWrite1h, rates.cacheWrite1h],
    ['output', charge.output, rates.output],
  ]
  return kinds.flatMap(([kind, quantity, rate]) =>
    quantity === 0 || rate === null
      ? []
      : [{ kind, model: charge.model, quantity, rateUsd: rate / 1e6, costUsd: toUsd(quantity * rate) }],
  )
}

function describeRates({ priced, rates: picked }: Picked, charge: Charge, factors: Factors): string[] {
  const { model, endpoint, isOwn } = priced
  const { name, confidence } = model.file
  if (chargePico(charge, picked.rates) === null) {
    return [`${name} has no price for cache tokens; the tokens of this request are counted apart.`]
  }
  const notes = [
    isOwn
      ? `Priced by your own price for ${name} on the day of the request.`
      : `Priced by the list price of ${name} on the day of the request.`,
  ]
  if (picked.band === 'long') {
    const above = picked.aboveTokens?.toLocaleString('en-US')
    notes.push(`The prompt has more than ${above} tokens, so the long-prompt price holds for the whole request.`)
  }
  if (picked.band === 'fast') notes.push('Fast mode has prices of its own.')
  if (picked.premium === 'geography') notes.push(`Kept inside the US: ${factors.premium} times the list price.`)
  if (picked.premium === 'region')
    notes.push(`A regional endpoint of Bedrock: ${factors.premium} times the list price.`)
  if (endpoint === 'vertex' && model.hasRegionalPremium) {
    notes.push('At least this: a regional endpoint of Vertex would cost more, and the row does not tell.')
  }
  if (charge.isSplitUnknown) {
    notes.push('At least this: the lifetime of the cache writes is not stored, so they are priced as 5 minutes.')
  }
  if (!confidence.startsWith('high')) notes.push(`The price of ${name} is not certain (${confidence}).`)
  return notes
}

function describeMissing(priced: PricedModel | null, charge: Charge, usage: UsageToPrice): string {
  if (charge.model === null) return 'The row names no model, so it has no price; its tokens are counted apart.'
  if (!priced) return `The price list does not know ${charge.model}; its tokens are counted apart.`
  const { name } = priced.model.file
  return usage.speed === 'fast'
    ? `No price of ${name} in fast mode was published for that day; its tokens are counted apart.`
    : `No price of ${name} is known for that day; its tokens are counted apart.`
}

function describeTier(usage: UsageToPrice, factors: Factors): string[] {
  if (usage.serviceTier === 'batch') return [`Batch tier: ${factors.batch} times the list price of tokens.`]
  if (usage.serviceTier === 'priority') {
    return ['Priority tier is paid for in advance: the list price is an estimate.']
  }
  return []
}

/** A double holds every picodollar of an amount under 9,007 USD. */
function toUsd(pico: number): number {
  return pico / 1e12
}
