import { z } from 'zod'
import { budget, budgetStep } from '../contract/budgets'

export const budgetsFile = z.object({
  budgets: z.array(budget),
  /** Steps that people were told of this month, so that no restart tells them again. */
  told: z.array(z.object({ budgetId: z.string(), month: z.string(), step: budgetStep })),
})
export type BudgetsFile = z.infer<typeof budgetsFile>

export const noBudgets: BudgetsFile = { budgets: [], told: [] }
