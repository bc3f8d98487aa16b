import { z } from 'zod'
import { displayCurrency } from './host'

const key = z.string().max(255)

/** What a budget is of. The domain and model '' are the requests without one. */
export const budgetTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('domain'), key }),
  z.object({ kind: z.literal('team'), key }),
  z.object({ kind: z.literal('model'), key }),
])
export type BudgetTarget = z.infer<typeof budgetTarget>

/** An amount for each calendar month of the chosen zone. */
export const budget = z.object({
  id: z.string().min(1).max(64),
  target: budgetTarget,
  monthlyUsd: z.number().positive({ error: 'Above 0' }).max(1e9),
  /** What the user typed where that was no dollars, with the rate that made dollars of it; the dollars hold. */
  entered: displayCurrency.extend({ amount: z.number().positive() }).nullable().default(null),
  /** Who is told of each step, beside the inbox. */
  webhookIds: z.array(z.string().min(1).max(64)).max(10).default([]),
})
export type Budget = z.infer<typeof budget>

export const budgetList = z.object({ budgets: z.array(budget).max(200) })
export type BudgetList = z.infer<typeof budgetList>

/** Percent of the amount at which a word is said, once a month each. */
export const budgetSteps = [50, 80, 100] as const
export const budgetStep = z.union([z.literal(50), z.literal(80), z.literal(100)])
export type BudgetStep = z.infer<typeof budgetStep>

export const budgetState = z.object({
  budget,
  /** The month, half open. */
  from: z.string(),
  to: z.string(),
  spentUsd: z.number().nonnegative(),
  /** Requests of the month that have no price, so that more was spent than is said. */
  unpricedRequests: z.number().int(),
  /** Steps that were reached this month, ascending. */
  reached: z.array(budgetStep),
  /** At the end of the month; null where it cannot be told, `method` saying why. */
  forecast: z
    .object({
      valueUsd: z.number(),
      /** Where 8 in 10 such forecasts would have found the outcome. */
      lowUsd: z.number(),
      highUsd: z.number(),
    })
    .nullable(),
  /** How the forecast was made and how far such ones were off, as sentences. */
  method: z.string(),
  /** What each day of the month cost so far, in its order. */
  days: z.array(z.object({ day: z.string(), costUsd: z.number() })),
  /** The query of its requests; '' for all. */
  query: z.string(),
})
export type BudgetState = z.infer<typeof budgetState>

export const budgetReport = z.object({ asOf: z.string().nullable(), states: z.array(budgetState) })
export type BudgetReport = z.infer<typeof budgetReport>

/** A step that was reached and not told of yet. */
export const budgetCrossing = z.object({
  budgetId: z.string(),
  target: budgetTarget,
  monthlyUsd: z.number(),
  /** `2026-11`, of the chosen zone. */
  month: z.string(),
  step: budgetStep,
  spentUsd: z.number(),
})
export type BudgetCrossing = z.infer<typeof budgetCrossing>
