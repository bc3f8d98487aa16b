import type { CostAxis } from '../../src-main/contract/costs'
import type { PriceLedger } from '../../src-main/core/pricing/create-ledger'
import { bucketStarts } from '../../src-main/core/usage/bucket-starts'
import type { ReplicaStore } from '../../src-main/replica/open-replica'
import type { SqlQuestion } from './brief-queries'
import type { Pair } from './questions'

/**
 * Cost allocation beside PostgreSQL. PostgreSQL counts and sums tokens alone: it has no prices. The replica answers
 * the screen of costs: priced, with the window before, movers, what the cache saved and missed, conversations.
 */
export function allocationPairs(options: {
  ask(questions: SqlQuestion[]): Promise<void>
  replica: ReplicaStore
  ledger: PriceLedger
  endMs: number
  days: number
}): Pair[] {
  const { ask, replica, ledger, endMs, days } = options
  const window = { fromMs: endMs - days * 86_400_000, toMs: endMs }
  const previous = { fromMs: window.fromMs - 86_400_000, toMs: window.fromMs }
  const costs = (rows: CostAxis, columns: CostAxis, bucket?: 'month' | 'day') =>
    replica.costs({
      window,
      previous,
      rows,
      columns,
      bucketStarts: bucket ? bucketStarts(window, bucket, 'UTC') : [window.fromMs],
      longPromptThresholds: ledger.longPromptThresholds,
      hasDiscounts: ledger.hasDiscounts,
      teamOf: () => null,
    })
  const sums = (by: string): SqlQuestion => ({
    sql: `SELECT ${by}, count(*), sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0))
      FROM requests WHERE timestamp >= $1 GROUP BY ${by}`,
    values: [new Date(window.fromMs)],
  })
  const days_ = bucketStarts(window, 'day', 'UTC')
  return [
    {
      name: `allocation of ${days} days, domain × model`,
      sql: () => ask([sums('domain, model')]),
      local: () => costs('domain', 'model'),
      goal: '',
      isSlow: true,
    },
    {
      name: `allocation of ${days} days, model × month`,
      sql: () => ask([sums(`model, date_trunc('month', timestamp)`)]),
      local: () => costs('model', 'month', 'month'),
      goal: '',
      isSlow: true,
    },
    {
      name: `costs of ${days} days by day, domain and model, for budgets`,
      sql: () => ask([sums(`date_trunc('day', timestamp), domain, model`)]),
      local: () => replica.costCells(window, days_),
      goal: '',
      isSlow: true,
    },
  ]
}
