import type { CacheMisses, CacheSavings, CostAxis, EndingModel } from '../contract/costs'
import type { BucketSize } from '../contract/usage'
import { Failure } from '../core/failure'
import type { CacheReads, CostAnswer } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { priceCacheMiss } from '../core/pricing/explain-cache-miss'
import { reconcileCosts } from '../core/pricing/reconcile-costs'
import { bucketStarts } from '../core/usage/bucket-starts'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import type { Workspaces } from './workspaces'

/** Costs of the window that the scope means now, each answer from one snapshot of the replica. */
export function createCostsApi(
  workspaces: Workspaces,
  ledger: PriceLedger,
  timeZone: () => string,
  teamOf: (domain: string | null) => string | null,
): AppApi['costs'] {
  return {
    prices: async () => ledger.list(),
    async allocation({ rows, columns, ...scope }, { signal }) {
      const { replica } = workspaces.open()
      const asOf = replica.asOf()
      const resolved = resolveWindow(scope, {
        nowMs: Date.now(),
        asOfMs: asOf === null ? null : Date.parse(asOf),
        timeZone: timeZone(),
      })
      const { window, previous } = resolved
      const bucket = [rows, columns].map(timeOf).find((each) => each !== null)
      const answer = await replica.costs(
        {
          window,
          previous,
          rows,
          columns,
          bucketStarts: bucket ? bucketStarts(window, bucket, resolved.timeZone) : [window.fromMs],
          longPromptThresholds: ledger.longPromptThresholds,
          hasDiscounts: ledger.hasDiscounts,
          teamOf,
        },
        signal,
      )
      const { models, cacheReads, cacheMisses, previous: former, ...rest } = answer
      return {
        ...rest,
        from: iso(window.fromMs),
        to: iso(window.toMs),
        previous: { ...former, from: iso(previous.fromMs), to: iso(previous.toMs) },
        cache: sumCacheReads(ledger, cacheReads),
        cacheMisses: sumCacheMisses(ledger, cacheMisses),
        endingModels: findEnding(ledger, models),
      }
    },
    async reconcile({ costs }, { signal }) {
      const { replica } = workspaces.open()
      const starts = daysOf(costs.map(({ day }) => day))
      const window = { fromMs: starts[0]!, toMs: starts.at(-1)! + dayMs }
      const cells = await replica.costCells(window, starts, signal)
      const days = starts.map((start) => iso(start).slice(0, 10))
      return {
        from: iso(window.fromMs),
        to: iso(window.toMs),
        asOf: replica.asOf(),
        ...reconcileCosts({ console: costs, cells, days, modelOf: createModelOf(ledger) }),
      }
    },
  }
}

const dayMs = 86_400_000
const longestDays = 3660

/** Starts of all UTC days from the first to the last. */
function daysOf(names: string[]): number[] {
  const sorted = names.map((name) => Date.parse(`${name}T00:00:00Z`)).toSorted((a, b) => a - b)
  const [firstMs, lastMs] = [sorted[0]!, sorted.at(-1)!]
  const count = (lastMs - firstMs) / dayMs + 1
  if (count > longestDays) {
    throw new Failure('invalid-input', {
      message: 'The file is of more than ten years.',
      hint: 'Choose a file of fewer days.',
    })
  }
  return Array.from({ length: count }, (_, index) => firstMs + index * dayMs)
}

/** The price list's id of a model, by an id in any spelling or by its name. */
function createModelOf(ledger: PriceLedger): (text: string) => string | null {
  const byName = new Map(ledger.list().models.map(({ id, name }) => [name.toLowerCase(), id]))
  return (text) => {
    const name = text.trim().toLowerCase()
    return ledger.describe(text)?.id ?? byName.get(name) ?? byName.get(`claude ${name}`) ?? null
  }
}

function timeOf(axis: CostAxis | undefined): BucketSize | null {
  return axis === 'day' || axis === 'week' || axis === 'month' ? axis : null
}

const picoPerUsd = 1e12

function sumCacheReads(ledger: PriceLedger, groups: CacheReads[]): CacheSavings {
  const sums = { readTokens: 0, readCostUsd: 0, freshCostUsd: 0 }
  for (const { usage, tokens, times } of groups) {
    const price = ledger.priceCacheReads(usage)
    if (!price) continue
    sums.readTokens += tokens
    sums.readCostUsd += (price.readPico * times) / picoPerUsd
    sums.freshCostUsd += (price.freshPico * times) / picoPerUsd
  }
  return sums
}

function sumCacheMisses(ledger: PriceLedger, misses: CostAnswer['cacheMisses']): CacheMisses {
  const sums = { turns: 0, missedTokens: 0, lostUsd: 0 }
  for (const { usage, missedTokens } of misses) {
    sums.turns += 1
    sums.missedTokens += missedTokens
    sums.lostUsd += Math.max(0, priceCacheMiss(usage, missedTokens, ledger) ?? 0)
  }
  return sums
}

/** Models in use whose end is announced or past, the soonest end first. */
function findEnding(ledger: PriceLedger, models: CostAnswer['models']): EndingModel[] {
  return models
    .flatMap(({ model, total }): EndingModel[] => {
      const known = ledger.describe(model)
      if (model === null || !known || (known.endOfLife === null && !known.isRetired)) return []
      const { name, endOfLife, isRetired } = known
      return [{ model, name, endOfLife, isRetired, requests: total.requests, costUsd: total.costUsd }]
    })
    .toSorted((a, b) => (a.endOfLife ?? '').localeCompare(b.endOfLife ?? '') || b.requests - a.requests)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
