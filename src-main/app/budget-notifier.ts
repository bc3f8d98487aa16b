import type { BudgetCrossing } from '../contract/budgets'
import type { AppNotification, NotificationSettings } from '../contract/notifications'
import { isQuiet } from '../core/alerts/quiet-hours'
import { asFailure } from '../core/failure'
import type { BudgetWatch, Log } from '../core/ports'
import type { Workspaces } from './workspaces'

/** Shortest time between two looks: a budget is of a month. */
const lookEveryMs = 60_000

/** Announces each step that a budget reaches, once a month, when there is room for notifications. Returns the way to stop. */
export function announceBudgets(options: {
  workspaces: Workspaces
  watch: BudgetWatch
  settings: () => NotificationSettings
  timeZone: () => string
  now: () => number
  log: Log
}): () => void {
  const { workspaces, watch, settings, timeZone, now, log } = options
  let lookedMs = -Infinity

  async function look(): Promise<void> {
    const { isOn, quietHours } = settings()
    // What is not taken now is told when the quiet is over.
    if (!isOn || isQuiet(quietHours, now(), timeZone())) return
    lookedMs = now()
    try {
      const crossings = await watch.takeCrossings()
      if (crossings.length > 0) workspaces.announceNews({ count: 0, notifications: crossings.map(toNotification) })
    } catch (error) {
      log.warn('The budgets could not be looked at', { code: asFailure(error).code })
    }
  }

  return workspaces.onEvent((event) => {
    if (event.type === 'data' && now() - lookedMs >= lookEveryMs) void look()
  })
}

function toNotification({ budgetId, target, monthlyUsd, month, step, spentUsd }: BudgetCrossing): AppNotification {
  const name =
    target.kind === 'all' ? 'All requests' : target.key === '' ? `Requests without a ${target.kind}` : target.key
  return {
    id: `budget-${budgetId}-${month}-${step}`,
    title: step === 100 ? `${name}: the budget is used up` : `${name}: ${step}% of the budget is used`,
    body: `$${spentUsd.toFixed(2)} of $${monthlyUsd.toFixed(2)} this month`,
    path: 'costs/budgets',
    isError: false,
  }
}
