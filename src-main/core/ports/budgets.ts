import type { BudgetCrossing, BudgetState } from '../../contract/budgets'
import type { CancelSignal } from './outside'

/** Requests of one domain, model and bucket of time. */
export interface CostCell {
  /** Index of the bucket. */
  bucket: number
  domain: string | null
  model: string | null
  requests: number
  unpricedRequests: number
  /** Requests whose cache tokens are not read yet. */
  usagePending: number
  costUsd: number
}

/** What budgets have come to, for whoever tells people of it. */
export interface BudgetWatch {
  /** As they stand now, or stood at a moment that has passed. */
  states(signal?: CancelSignal, atMs?: number): Promise<BudgetState[]>
  /**
   * Steps reached since this was last asked, each once a month: the highest of each budget, the ones below it being
   * told with it. What is given is written down as told before it is given.
   */
  takeCrossings(signal?: CancelSignal): Promise<BudgetCrossing[]>
}
