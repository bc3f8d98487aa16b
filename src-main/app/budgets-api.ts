import type { Budget, BudgetList, BudgetState } from '../contract/budgets'
import type { BudgetWatch, CancelSignal, Log } from '../core/ports'
import { createTurns } from '../core/in-turn'
import { budgetCrossings, budgetStates } from '../core/alerts/budget-states'
import { bucketStarts } from '../core/usage/bucket-starts'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { BudgetsFile } from '../settings/saved-budgets'
import type { Workspaces } from './workspaces'

const dayMs = 86_400_000
/** What a forecast is made from, before the month began. */
const historyDays = 180
/** The widest that a month and the bucket that begins it can be. */
const longestMonthMs = 33 * dayMs

/** Budgets of the user, where they stand, and the steps that they reach. */
export function createBudgetsApi(options: {
  workspaces: Workspaces
  file: JsonFile<BudgetsFile>
  teamOf: (domain: string | null) => string | null
  timeZone: () => string
  now: () => number
  log: Log
}): { api: AppApi['budgets']; watch: BudgetWatch } {
  const { workspaces, file, teamOf, timeZone, now, log } = options
  // Each begins with what the one before has written, and two that look at once tell once.
  const inTurn = createTurns()

  async function states(signal?: CancelSignal, nowMs = now()): Promise<BudgetState[]> {
    const { budgets } = file.value()
    if (budgets.length === 0) return []
    const { replica } = workspaces.open()
    const zone = timeZone()
    const months = bucketStarts({ fromMs: nowMs, toMs: nowMs + longestMonthMs }, 'month', zone)
    const month = { fromMs: months[0]!, toMs: months.find((start) => start > nowMs)! }
    const dayStarts = bucketStarts({ fromMs: month.fromMs - historyDays * dayMs, toMs: nowMs + 1 }, 'day', zone)
    const window = { fromMs: dayStarts[0]!, toMs: nowMs + 1 }
    const cells = await replica.costCells(window, dayStarts, signal)
    const daysLeft = bucketStarts({ fromMs: nowMs, toMs: month.toMs }, 'day', zone).length
    return budgetStates({ budgets, cells, dayStarts, month, nowMs, daysLeft, teamOf })
  }

  async function takeCrossings(signal?: CancelSignal): ReturnType<BudgetWatch['takeCrossings']> {
    const found = await states(signal)
    const { crossings, told } = budgetCrossings(found, file.value().told, monthName(now(), timeZone()))
    if (crossings.length > 0) {
      await file.write({ ...file.value(), told })
      log.info('Budgets reached a step', { steps: crossings.map(({ step }) => step) })
    }
    return crossings
  }

  async function save(budgets: Budget[]): Promise<BudgetList> {
    const former = file.value()
    const isSame = (id: string): boolean => {
      const [was, is] = [former.budgets, budgets].map((list) => {
        const found = list.find((each) => each.id === id)
        return found && JSON.stringify([found.target, found.monthlyUsd])
      })
      return was === is
    }
    // Another amount or target has steps of its own, to be told of anew.
    await file.write({ budgets, told: former.told.filter(({ budgetId }) => isSame(budgetId)) })
    return { budgets }
  }

  return {
    watch: { states, takeCrossings: (signal) => inTurn(() => takeCrossings(signal)) },
    api: {
      report: async (_input, { signal }) => {
        const asOf = file.value().budgets.length === 0 ? null : workspaces.open().replica.asOf()
        return { asOf, states: await states(signal) }
      },
      save: ({ budgets }) => inTurn(() => save(budgets)),
    },
  }
}

/** `2026-11`, of the zone. */
function monthName(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit' }).formatToParts(ms)
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}`
}
