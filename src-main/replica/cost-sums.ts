import type { CostFigures } from '../contract/costs'
import type { Cell } from './read-cells'
import { costUsd } from './schema'

/** Figures of a cost while they are summed: integers alone, so that any way of adding them up gives the same. */
export interface CostSums {
  requests: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  costMicroUsd: number
  costRestPico: number
  unpriced: number
}

export function emptyCostSums(): CostSums {
  return {
    requests: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costMicroUsd: 0,
    costRestPico: 0,
    unpriced: 0,
  }
}

export function addCost(sums: CostSums, cell: Cell): void {
  sums.requests += cell.requests
  sums.inputTokens += cell.inputTokens
  sums.outputTokens += cell.outputTokens
  sums.cacheReadTokens += cell.cacheReadTokens
  sums.cacheWriteTokens += cell.cacheWriteTokens
  sums.costMicroUsd += cell.costMicroUsd
  sums.costRestPico += cell.costRestPico
  sums.unpriced += cell.unpriced
}

/** The sums of a key, made where there are none yet. */
export function sumsOf<Key>(map: Map<Key, CostSums>, key: Key): CostSums {
  let sums = map.get(key)
  if (!sums) map.set(key, (sums = emptyCostSums()))
  return sums
}

export function costOf({ costMicroUsd, costRestPico }: CostSums): number {
  return costUsd(costMicroUsd, costRestPico)
}

export function toCostFigures({ costMicroUsd, costRestPico, unpriced, ...counts }: CostSums): CostFigures {
  return { ...counts, costUsd: costUsd(costMicroUsd, costRestPico), unpricedRequests: unpriced }
}
