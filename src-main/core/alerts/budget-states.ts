import {
  budgetSteps,
  type Budget,
  type BudgetCrossing,
  type BudgetState,
  type BudgetStep,
} from '../../contract/budgets'
import type { CostCell } from '../ports'
import { printQuery } from '../search/print-query'
import { forecastSums } from '../usage/forecast'

/** Steps that were told of, by budget and month. */
export interface ToldStep {
  budgetId: string
  month: string
  step: BudgetStep
}

export interface BudgetQuestion {
  budgets: readonly Budget[]
  /** Costs by day; `bucket` counts `dayStarts`. */
  cells: readonly CostCell[]
  /** Ascending ms, days of the chosen zone; the last is today's. */
  dayStarts: readonly number[]
  /** The month of today, half open in ms. */
  month: { fromMs: number; toMs: number }
  nowMs: number
  /** Days of the month from today on, today's among them. */
  daysLeft: number
  teamOf(domain: string | null): string | null
}

/** Where each budget stands in the month of today, and where it is likely to end. */
export function budgetStates(question: BudgetQuestion): BudgetState[] {
  return question.budgets.map((budget) => stateOf(budget, question))
}

function stateOf(budget: Budget, question: BudgetQuestion): BudgetState {
  const { cells, dayStarts, month, teamOf } = question
  const firstDay = dayStarts.findIndex((start) => start >= month.fromMs)
  const sums = dayStarts.map(() => 0)
  const domains = new Set<string>()
  let spentUsd = 0
  let unpricedRequests = 0
  for (const cell of cells) {
    if (!isOf(budget, cell, teamOf)) continue
    sums[cell.bucket] = (sums[cell.bucket] ?? 0) + cell.costUsd
    if (cell.bucket < firstDay) continue
    domains.add(cell.domain ?? '')
    spentUsd += cell.costUsd
    unpricedRequests += cell.unpricedRequests
  }
  return {
    budget,
    from: new Date(month.fromMs).toISOString(),
    to: new Date(month.toMs).toISOString(),
    spentUsd,
    unpricedRequests,
    reached: budgetSteps.filter((step) => spentUsd >= (budget.monthlyUsd * step) / 100),
    ...forecastOf(sums, spentUsd, question),
    days: sums.slice(firstDay).map((costUsd, index) => ({
      day: new Date(dayStarts[firstDay + index]!).toISOString(),
      costUsd,
    })),
    query: queryOf(budget, [...domains]),
  }
}

function isOf({ target }: Budget, cell: CostCell, teamOf: BudgetQuestion['teamOf']): boolean {
  switch (target.kind) {
    case 'all':
      return true
    case 'domain':
      return (cell.domain ?? '') === target.key
    case 'model':
      return (cell.model ?? '') === target.key
    case 'team':
      return teamOf(cell.domain) === target.key
  }
}

/** The month's end: what was spent, and what the rest of today and the days after are expected to be. */
function forecastOf(sums: readonly number[], spentUsd: number, question: BudgetQuestion) {
  const { dayStarts, nowMs, daysLeft, month } = question
  const todayMs = dayStarts.at(-1)!
  const dayMs = daysLeft > 1 ? (month.toMs - todayMs) / daysLeft : month.toMs - todayMs
  const firstDayShare = Math.min(1, Math.max(0, 1 - (nowMs - todayMs) / dayMs))
  const forecast = forecastSums(sums.slice(0, -1), [{ from: 0, to: daysLeft }], { firstDayShare })
  if ('reason' in forecast) return { forecast: null, method: forecast.reason }
  const [rest] = forecast.bands
  return {
    forecast: {
      valueUsd: spentUsd + rest!.value,
      lowUsd: spentUsd + rest!.low,
      highUsd: spentUsd + rest!.high,
    },
    method: `${forecast.method} ${forecast.error}`,
  }
}

function queryOf({ target }: Budget, domains: string[]): string {
  if (target.kind === 'all') return ''
  if (target.kind !== 'team') return printQuery({ kind: 'pattern', field: target.kind, patterns: [[target.key]] })
  if (domains.length === 0) return ''
  return printQuery({ kind: 'pattern', field: 'domain', patterns: domains.toSorted().map((domain) => [domain]) })
}

/**
 * Steps that were reached and not told of: of each budget the highest, with those below it told along. A step is told
 * once a month, also where the cost fell below it meanwhile, as it may when prices change.
 */
export function budgetCrossings(
  states: readonly BudgetState[],
  told: readonly ToldStep[],
  monthName: string,
): { crossings: BudgetCrossing[]; told: ToldStep[] } {
  const crossings: BudgetCrossing[] = []
  const next = told.filter(({ month }) => month === monthName)
  for (const { budget, reached, spentUsd } of states) {
    const { id: budgetId, target, monthlyUsd } = budget
    const isTold = (step: BudgetStep): boolean => next.some((each) => each.budgetId === budgetId && each.step >= step)
    const fresh = reached.filter((step) => !isTold(step))
    const step = fresh.at(-1)
    if (step === undefined) continue
    crossings.push({ budgetId, target, monthlyUsd, month: monthName, step, spentUsd })
    next.push(...fresh.map((each) => ({ budgetId, month: monthName, step: each })))
  }
  return { crossings, told: next }
}
