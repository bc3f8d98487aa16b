import { randomUUID } from 'node:crypto'
import type { BudgetState, BudgetStep } from '../contract/budgets'
import { describeBudgetStep } from '../core/alerts/describe-budget-step'
import { asFailure } from '../core/failure'
import type { BudgetWatch, Log } from '../core/ports'
import type { AlertWatch } from './create-alerts'
import type { Workspaces } from './workspaces'

/** Shortest time between two looks: a budget is of a month. */
const lookEveryMs = 60_000
const halfMonthMs = 15 * 86_400_000

/**
 * Puts each step that a budget reaches into the inbox of the open workspace, once a month, and sends it to the budget's
 * webhooks. What was told is written down with the notice. Gives the look and the way to stop.
 */
export function noteBudgets(options: {
  workspaces: Pick<Workspaces, 'current' | 'onEvent'>
  watch: Pick<BudgetWatch, 'states'>
  alerts: Pick<AlertWatch, 'tell'>
  now: () => number
  log: Log
}): { look(): Promise<void>; stop(): void } {
  const { workspaces, watch, alerts, now, log } = options
  let lookedMs = -Infinity
  let turn: Promise<void> = Promise.resolve()

  async function tellSteps(): Promise<void> {
    const workspace = workspaces.current()
    if (!workspace) return
    try {
      for (const state of await watch.states()) {
        const step = state.reached.at(-1)
        if (step === undefined || workspace.alerts.value().toldOnce.includes(keyOf(state, step))) continue
        const { title, sentence } = describeBudgetStep({ ...state.budget, step, spentUsd: state.spentUsd })
        await alerts.tell(workspace, {
          id: randomUUID(),
          kind: 'budget',
          ruleId: state.budget.id,
          name: title,
          sentence: `${sentence}.`,
          path: 'costs/budgets',
          webhookIds: state.budget.webhookIds,
          // The notifications have a rhythm of their own.
          isAnnounced: false,
          // Those below it are told with it.
          once: state.reached.map((each) => keyOf(state, each)),
        })
      }
    } catch (error) {
      log.warn('The budgets could not be looked at', { code: asFailure(error).code })
    }
  }

  /** One after the other: two that look at once would both tell. */
  function look(): Promise<void> {
    lookedMs = now()
    turn = turn.then(tellSteps)
    return turn
  }

  const stop = workspaces.onEvent((event) => {
    if (event.type === 'data' && now() - lookedMs >= lookEveryMs) void look()
  })
  return { look, stop }
}

/** Another amount or target has steps of its own. The middle of a month lies in it in every zone. */
function keyOf({ budget: { id, target, monthlyUsd }, from }: BudgetState, step: BudgetStep): string {
  const month = new Date(Date.parse(from) + halfMonthMs).toISOString().slice(0, 7)
  return `budget ${id} ${month} ${step} of ${monthlyUsd} ${Object.values(target).join(' ')}`
}
