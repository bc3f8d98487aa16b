import { describe, expect, test } from 'vitest'
import type { Budget, BudgetTarget } from '../../../src-main/contract/budgets'
import {
  budgetCrossings,
  budgetStates,
  type BudgetQuestion,
  type ToldStep,
} from '../../../src-main/core/alerts/budget-states'
import type { CostCell } from '../../../src-main/core/ports'

const dayMs = 86_400_000
const month = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) }
/** Sixty days before the 21st of November, and it up to noon. */
const dayStarts = Array.from({ length: 61 }, (_, index) => Date.UTC(2026, 10, 21) + (index - 60) * dayMs)
const noonMs = Date.UTC(2026, 10, 21, 12)

const budgetOf = (target: BudgetTarget, monthlyUsd = 100): Budget => ({
  id: JSON.stringify(target),
  target,
  monthlyUsd,
  entered: null,
  webhookIds: [],
})
const cell = (bucket: number, costUsd: number, change: Partial<CostCell> = {}): CostCell => ({
  bucket,
  domain: 'acme.com',
  model: 'claude-opus-5',
  requests: 1,
  unpricedRequests: 0,
  usagePending: 0,
  costUsd,
  ...change,
})
/** Two dollars a day, one of each domain; a dollar today so far. */
const steady = dayStarts.flatMap((_, day) =>
  day === 60 ? [cell(day, 1)] : [cell(day, 1), cell(day, 1, { domain: null, model: null, unpricedRequests: 2 })],
)

function ask(change: Partial<BudgetQuestion>): ReturnType<typeof budgetStates> {
  return budgetStates({
    budgets: [],
    cells: steady,
    dayStarts,
    month,
    nowMs: noonMs,
    daysLeft: 10,
    teamOf: (domain) => (domain === 'acme.com' ? 'Blue' : null),
    ...change,
  })
}

describe('where a budget stands', () => {
  test('is what its requests of the month cost, and no others', () => {
    const budgets = [
      budgetOf({ kind: 'all' }),
      budgetOf({ kind: 'domain', key: 'acme.com' }),
      budgetOf({ kind: 'domain', key: '' }),
      budgetOf({ kind: 'model', key: 'claude-opus-5' }),
      budgetOf({ kind: 'team', key: 'Blue' }),
      budgetOf({ kind: 'team', key: 'Red' }),
    ]
    const states = ask({ budgets })
    expect(states.map(({ spentUsd }) => spentUsd)).toEqual([41, 21, 20, 21, 21, 0])
    expect(states.map(({ unpricedRequests }) => unpricedRequests)).toEqual([40, 0, 40, 0, 0, 0])
    expect(states.map(({ query }) => query)).toEqual([
      '',
      'domain:acme.com',
      'domain:""',
      'model:claude-opus-5',
      'domain:acme.com',
      '',
    ])
    expect(states[0]!.days).toHaveLength(21)
    expect(states[0]).toMatchObject({ from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' })
  })

  test('says which steps were reached', () => {
    const states = ask({ budgets: [100, 82, 50, 41, 40].map((usd) => budgetOf({ kind: 'all' }, usd)) })
    expect(states.map(({ reached }) => reached)).toEqual([[], [50], [50, 80], [50, 80, 100], [50, 80, 100]])
  })

  test('ends where a steady month would end, within its band, with the method said', () => {
    const [state] = ask({ budgets: [budgetOf({ kind: 'all' })] })
    // Nine whole days and half of today, two dollars each.
    expect(state!.forecast!.valueUsd).toBeCloseTo(41 + 19, 6)
    expect(state!.forecast!.lowUsd).toBeLessThanOrEqual(60 + 1e-9)
    expect(state!.forecast!.highUsd).toBeGreaterThanOrEqual(60 - 1e-9)
    expect(state!.method).toMatch(/forecast as the mean/)
  })

  test('is not forecast from a few days, and says why', () => {
    const [state] = ask({ budgets: [budgetOf({ kind: 'all' })], cells: steady.filter(({ bucket }) => bucket > 55) })
    expect(state).toMatchObject({ forecast: null })
    expect(state!.method).toMatch(/^A forecast needs/)
  })
})

describe('steps that are told', () => {
  const stateAt = (spentUsd: number, id = 'b') => ({
    ...ask({ budgets: [{ ...budgetOf({ kind: 'all' }), id }] })[0]!,
    spentUsd,
    reached: ([50, 80, 100] as const).filter((step) => spentUsd >= step),
  })

  test('come once a month each, the highest for all below it, however often they are asked for', () => {
    let told: ToldStep[] = []
    const steps: number[][] = []
    for (const spentUsd of [10, 50, 55, 81, 79, 85, 120, 130, 99, 101]) {
      const found = budgetCrossings([stateAt(spentUsd)], told, '2026-11')
      told = found.told
      steps.push(found.crossings.map(({ step }) => step))
    }
    expect(steps).toEqual([[], [50], [], [80], [], [], [100], [], [], []])
  })

  test('are told at once where a budget is new, and again in the next month', () => {
    const first = budgetCrossings([stateAt(200)], [], '2026-11')
    expect(first.crossings).toMatchObject([{ step: 100, month: '2026-11', spentUsd: 200 }])
    expect(budgetCrossings([stateAt(200)], first.told, '2026-11').crossings).toEqual([])
    expect(budgetCrossings([stateAt(60)], first.told, '2026-12').crossings).toMatchObject([{ step: 50 }])
  })

  test('of one budget are nothing to another', () => {
    const { told } = budgetCrossings([stateAt(60, 'a')], [], '2026-11')
    expect(budgetCrossings([stateAt(60, 'b')], told, '2026-11').crossings).toHaveLength(1)
  })
})
