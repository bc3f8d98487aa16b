import type { CostCell, QueryWindow } from '../core/ports'
import { addCost, costOf, emptyCostSums, type CostSums } from './cost-sums'
import { readCells } from './read-cells'
import type { ReadContext } from './read-context'
import type { Statements } from './session'

interface Group {
  bucket: number
  domain: number
  model: number
  pending: number
  sums: CostSums
}

/** Costs of a window by bucket, domain and model: what budgets and other books are compared with. */
export async function readCostCells(
  statements: Statements,
  context: ReadContext,
  window: QueryWindow,
  bucketStarts: readonly number[],
): Promise<CostCell[]> {
  const { words } = context
  const groups = new Map<string, Group>()
  await readCells(statements, context, window, bucketStarts, (cell) => {
    const key = `${cell.bucket} ${cell.domain} ${cell.model}`
    let group = groups.get(key)
    if (!group) {
      const { bucket, domain, model } = cell
      groups.set(key, (group = { bucket, domain, model, pending: 0, sums: emptyCostSums() }))
    }
    addCost(group.sums, cell)
    group.pending += cell.pending
  })
  return [...groups.values()].map(({ bucket, domain, model, pending, sums }) => ({
    bucket,
    domain: words.text(domain),
    model: words.text(model),
    requests: sums.requests,
    unpricedRequests: sums.unpriced,
    usagePending: pending,
    costUsd: costOf(sums),
  }))
}
