import { expect, test } from 'vitest'
import type { Budget } from '../../src-main/contract/budgets'
import { readAmountForm, toAmountForm } from '../../src-renderer/screens/budgets/budget-amount'

const euro = { code: 'EUR', perUsd: 0.8, asOf: '2026-11-20' }
const budgetOf = (change: Partial<Budget>): Budget => ({
  id: 'a',
  target: { kind: 'all' },
  monthlyUsd: 500,
  entered: null,
  webhookIds: [],
  ...change,
})

test('an amount is kept in dollars, with what was typed and the rate of that day', () => {
  expect(readAmountForm({ amount: '400', code: 'EUR' }, null, euro)).toEqual({
    monthlyUsd: 500,
    entered: { ...euro, amount: 400 },
  })
  expect(readAmountForm({ amount: '400,5', code: 'USD' }, null, euro)).toEqual({ monthlyUsd: 400.5, entered: null })
})

test('what was not touched stays as it was, whatever the rate is now', () => {
  const budget = budgetOf({ entered: { ...euro, amount: 400 } })
  const now = { ...euro, perUsd: 0.9 }
  const form = toAmountForm(budget, now)
  expect(form).toEqual({ amount: '400', code: 'EUR' })
  expect(readAmountForm(form, budget, now)).toEqual({ monthlyUsd: 500, entered: budget.entered })
  expect(readAmountForm({ ...form, amount: '450' }, budget, now)).toEqual({
    monthlyUsd: 500,
    entered: { ...now, amount: 450 },
  })
})

test('another shown currency, or none, gives the dollars to edit', () => {
  const budget = budgetOf({ entered: { ...euro, amount: 400 } })
  expect(toAmountForm(budget, null)).toEqual({ amount: '500', code: 'USD' })
  expect(toAmountForm(budget, { ...euro, code: 'GBP' })).toEqual({ amount: '500', code: 'USD' })
  expect(toAmountForm(null, euro)).toEqual({ amount: '', code: 'EUR' })
})

test.each(['', 'x', '0', '-5', '1e12', 'Infinity'])('%j is no amount', (amount) => {
  expect(readAmountForm({ amount, code: 'USD' }, null, null)).toBeNull()
})
