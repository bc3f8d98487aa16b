import type { BudgetCrossing } from '../../contract/budgets'

/** A step that a budget has reached, in words. */
export function describeBudgetStep({
  target,
  monthlyUsd,
  step,
  spentUsd,
}: Pick<BudgetCrossing, 'target' | 'monthlyUsd' | 'step' | 'spentUsd'>): { title: string; sentence: string } {
  const name =
    target.kind === 'all' ? 'All requests' : target.key === '' ? `Requests without a ${target.kind}` : target.key
  return {
    title: step === 100 ? `${name}: the budget is used up` : `${name}: ${step}% of the budget is used`,
    sentence: `$${spentUsd.toFixed(2)} of $${monthlyUsd.toFixed(2)} this month`,
  }
}
