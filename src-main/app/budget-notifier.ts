import type { BudgetCrossing } from '../contract/budgets'
import type { AppNotification, NotificationSettings } from '../contract/notifications'
import { describeBudgetStep } from '../core/alerts/describe-budget-step'
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

function toNotification(crossing: BudgetCrossing): AppNotification {
  const { title, sentence } = describeBudgetStep(crossing)
  const id = `budget-${crossing.budgetId}-${crossing.month}-${crossing.step}`
  return { id, title, body: sentence, path: 'costs/budgets', isError: false }
}
