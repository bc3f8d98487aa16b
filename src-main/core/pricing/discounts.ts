import type { Discount } from '../../contract/own-prices'
import { Failure } from '../failure'

export interface Discounts {
  /** Hundredths of a percent that are taken off; 0 where there is no discount. */
  basisPoints(domain: string | null, atMs: number): number
  readonly isEmpty: boolean
}

interface Span {
  fromMs: number
  toMs: number
  basisPoints: number
}

const wholePoints = 10_000
/** No domain is named so: names have no line break. */
const everyDomain = '\n'

/** A domain's own discount of the day, else that of every domain. Throws `invalid-input` where two of one overlap. */
export function createDiscounts(discounts: readonly Discount[]): Discounts {
  const byDomain = new Map<string, Span[]>()
  for (const { domain, percent, from, to } of discounts) {
    const key = domain ?? everyDomain
    const span = {
      fromMs: from === null ? -Infinity : Date.parse(`${from}T00:00:00Z`),
      toMs: to === null ? Infinity : Date.parse(`${to}T00:00:00Z`),
      basisPoints: Math.round(percent * 100),
    }
    const others = byDomain.get(key) ?? []
    if (others.some((other) => span.fromMs < other.toMs && other.fromMs < span.toMs)) {
      const whose = domain === null ? 'every domain' : domain === '' ? 'requests without a domain' : domain
      throw new Failure('invalid-input', {
        message: `Two discounts of ${whose} hold on the same day.`,
        hint: 'Let one end where the other begins.',
      })
    }
    byDomain.set(key, [...others, span])
  }
  const find = (key: string, atMs: number): number | undefined =>
    byDomain.get(key)?.find((span) => span.fromMs <= atMs && atMs < span.toMs)?.basisPoints
  return {
    isEmpty: byDomain.size === 0,
    basisPoints: (domain, atMs) =>
      byDomain.size === 0 ? 0 : (find(domain ?? '', atMs) ?? find(everyDomain, atMs) ?? 0),
  }
}

/** What is left of an amount, rounded to a whole picodollar; exact as far as the amount is. */
export function afterDiscount(pico: number, basisPoints: number): number {
  if (basisPoints === 0) return pico
  const left = wholePoints - basisPoints
  const rest = pico % wholePoints
  return ((pico - rest) / wholePoints) * left + Math.round((rest * left) / wholePoints)
}
