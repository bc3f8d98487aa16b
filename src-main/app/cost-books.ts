import { join } from 'node:path'
import type { NotificationSettings } from '../contract/notifications'
import { noTeams, teams as teamsSchema } from '../contract/teams'
import type { BudgetWatch, Log } from '../core/ports'
import type { AppApi } from '../rpc/app-api'
import { openJsonFile } from '../settings/json-file'
import { budgetsFile, noBudgets } from '../settings/saved-budgets'
import { announceBudgets } from './budget-notifier'
import { createBudgetsApi } from './budgets-api'
import { createTeamsApi } from './teams-api'
import type { Workspaces } from './workspaces'

/** What the user keeps beside the prices: who pays for which domain, and how much a month may cost. */
export interface CostBooks {
  teams: AppApi['teams']
  budgets: AppApi['budgets']
  teamOf(domain: string | null): string | null
  watch: BudgetWatch
  close(): void
}

/** Opens both files, and announces each step that a budget reaches. */
export async function openCostBooks(options: {
  dataDirectory: string
  workspaces: Workspaces
  settings: () => NotificationSettings
  timeZone: () => string
  log: Log
}): Promise<CostBooks> {
  const { dataDirectory, workspaces, settings, timeZone, log } = options
  const [teamsFile, file] = await Promise.all([
    openJsonFile({ path: join(dataDirectory, 'teams.json'), schema: teamsSchema, fallback: noTeams, log }),
    openJsonFile({ path: join(dataDirectory, 'budgets.json'), schema: budgetsFile, fallback: noBudgets, log }),
  ])
  const { api: teams, teamOf } = createTeamsApi(teamsFile)
  const { api: budgets, watch } = createBudgetsApi({ workspaces, file, teamOf, timeZone, now: Date.now, log })
  const close = announceBudgets({ workspaces, watch, settings, timeZone, now: Date.now, log })
  return { teams, budgets, teamOf, watch, close }
}
