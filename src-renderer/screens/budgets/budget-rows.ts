import type { BudgetState } from '../../../src-main/contract/budgets'
import type { ChartFigures } from '../../charts/use-save-entries'
import { domainName, unnamedModel } from '../../format/names'

/** Budgets with what their bars show. */
export function budgetRows(states: BudgetState[]): ChartFigures {
  return {
    columns: [
      'Budget',
      'Of',
      'From',
      'To',
      'Monthly USD',
      'Spent USD',
      'Share',
      'Unpriced requests',
      'Forecast USD',
      'Forecast low USD',
      'Forecast high USD',
    ],
    rows: states.map(({ budget, from, to, spentUsd, unpricedRequests, forecast }) => [
      exactTarget(budget.target),
      budget.target.kind,
      from,
      to,
      budget.monthlyUsd,
      spentUsd,
      spentUsd / budget.monthlyUsd,
      unpricedRequests,
      forecast?.valueUsd ?? null,
      forecast?.lowUsd ?? null,
      forecast?.highUsd ?? null,
    ]),
  }
}

/** Unlike on the screen a model is its whole id. */
function exactTarget(target: BudgetState['budget']['target']): string {
  if (target.kind === 'all') return 'Everything'
  return target.kind === 'domain' ? domainName(target.key) : target.key || unnamedModel
}
