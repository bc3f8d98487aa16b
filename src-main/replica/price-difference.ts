import type { ModelMonthDifference } from '../core/ports'
import { pricing } from './price-request'
import type { StoredPrice } from './scan-prices'
import { costUsd } from './schema'
import type { Words } from './words'

const picoPerMicro = 1_000_000

interface Side {
  /** In two parts, so that sums stay exact in a float64. */
  microUsd: number
  restPico: number
  unpriced: number
}

interface Sums {
  model: number
  month: number
  requests: number
  changed: number
  before: Side
  after: Side
}

/** Adds up stored prices beside others, by model and month. */
export function createPriceDifference(monthStartsMs: readonly number[], words: Words) {
  const sums = new Map<number, Sums>()

  function monthOf(ms: number): number {
    let low = 0
    let high = monthStartsMs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (monthStartsMs[middle]! <= ms) low = middle
      else high = middle - 1
    }
    return low
  }

  function sumsOf(model: number, month: number): Sums {
    const key = model * monthStartsMs.length + month
    let found = sums.get(key)
    if (!found) {
      sums.set(key, (found = { model, month, requests: 0, changed: 0, before: emptySide(), after: emptySide() }))
    }
    return found
  }

  return {
    add(stored: StoredPrice, next: { picoUsd: number; pricing: number }): void {
      const found = sumsOf(stored.model, monthOf(stored.timestampUs / 1000))
      found.requests++
      if (stored.costPico !== next.picoUsd || stored.pricing !== next.pricing) found.changed++
      addTo(found.before, stored.costPico, stored.pricing)
      addTo(found.after, next.picoUsd, next.pricing)
    },
    items: (): ModelMonthDifference[] =>
      [...sums.values()].map(({ model, month, requests, changed, before, after }) => ({
        model: words.text(model),
        monthMs: monthStartsMs[month]!,
        requests,
        changedRequests: changed,
        before: toFigures(before),
        after: toFigures(after),
      })),
  }
}

function emptySide(): Side {
  return { microUsd: 0, restPico: 0, unpriced: 0 }
}

function addTo(side: Side, pico: number, state: number): void {
  const rest = pico % picoPerMicro
  side.microUsd += (pico - rest) / picoPerMicro
  side.restPico += rest
  if (state === pricing.unpriced) side.unpriced++
}

function toFigures({ microUsd, restPico, unpriced }: Side): ModelMonthDifference['before'] {
  return { costUsd: costUsd(microUsd, restPico), unpricedRequests: unpriced }
}
