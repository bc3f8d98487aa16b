import type { CacheSavings, CostAxis, EndingModel } from '../contract/costs'
import type { BucketSize } from '../contract/usage'
import type { CacheReads, CostAnswer } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { bucketStarts } from '../core/usage/bucket-starts'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import type { Workspaces } from './workspaces'

/** Costs of the window that the scope means now, each answer from one snapshot of the replica. */
export function createCostsApi(workspaces: Workspaces, ledger: PriceLedger, timeZone: () => string): AppApi['costs'] {
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
        },
        signal,
      )
      const { models, cacheReads, previous: former, ...rest } = answer
      return {
        ...rest,
        from: iso(window.fromMs),
        to: iso(window.toMs),
        previous: { ...former, from: iso(previous.fromMs), to: iso(previous.toMs) },
        cache: sumCacheReads(ledger, cacheReads),
        endingModels: findEnding(ledger, models),
      }
    },
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
