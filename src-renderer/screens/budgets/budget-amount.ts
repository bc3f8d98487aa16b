import type { Budget } from '../../../src-main/contract/budgets'
import type { DisplayCurrency } from '../../../src-main/contract/host'

/** An amount as it is typed, and in what. */
export interface AmountForm {
  amount: string
  /** `USD`, or the code of the shown currency. */
  code: string
}

/** What was typed where the shown currency is still the same one, else the dollars that are kept. */
export function toAmountForm(budget: Budget | null, shown: DisplayCurrency | null): AmountForm {
  if (!budget) return { amount: '', code: shown?.code ?? 'USD' }
  const { entered, monthlyUsd } = budget
  return entered && entered.code === shown?.code
    ? { amount: String(entered.amount), code: entered.code }
    : { amount: String(monthlyUsd), code: 'USD' }
}

/**
 * The amount in dollars, at the rate of the shown currency, with what was typed; null for no amount. One that was not
 * touched stays as it was, whatever the rate is now.
 */
export function readAmountForm(
  form: AmountForm,
  budget: Budget | null,
  shown: DisplayCurrency | null,
): Pick<Budget, 'monthlyUsd' | 'entered'> | null {
  const former = toAmountForm(budget, shown)
  if (budget && form.amount.trim() === former.amount && form.code === former.code) {
    return { monthlyUsd: budget.monthlyUsd, entered: budget.entered }
  }
  const amount = Number(form.amount.trim().replace(',', '.'))
  const currency = shown?.code === form.code ? shown : null
  const monthlyUsd = amount / (currency?.perUsd ?? 1)
  if (!(amount > 0) || !(monthlyUsd > 0) || monthlyUsd > 1e9) return null
  return { monthlyUsd, entered: currency && { ...currency, amount } }
}
