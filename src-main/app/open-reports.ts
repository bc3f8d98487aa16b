import { join } from 'node:path'
import type { BudgetWatch, Log } from '../core/ports'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { ReportsFile } from '../settings/saved-reports'
import { noteBudgets } from './budget-inbox'
import type { AlertWatch } from './create-alerts'
import { createReports } from './create-reports'
import { createMakeReport } from './make-report'
import type { Environment } from './environment'
import { createReportFolders } from './report-folders'
import { createReportsApi } from './reports-api'
import type { Webhooks } from './webhooks'
import type { Workspaces } from './workspaces'

/** The reports, and the budget steps that are told of in the inbox: what the alerts are told of by others. */
export function openReports(options: {
  workspaces: Workspaces
  files: { reports: JsonFile<ReportsFile>; chosenFolders: JsonFile<string[]> }
  webhooks: Webhooks
  alerts: AlertWatch
  screens: Pick<AppApi, 'costs' | 'usage'>
  budgets: BudgetWatch
  environment: Pick<Environment, 'dataDirectory' | 'reportsDirectory'>
  choose: (() => Promise<string | null>) | undefined
  timeZone: () => string
  log: Log
}): { api: AppApi['reports']; close(): Promise<void> } {
  const { workspaces, files, webhooks, alerts, budgets, environment, timeZone, log } = options
  const now = Date.now
  const steps = noteBudgets({ workspaces, watch: budgets, alerts, now, log })
  const folders = createReportFolders({
    choose: options.choose,
    allowedRoot: environment.reportsDirectory,
    chosen: {
      list: files.chosenFolders.value,
      async add(folder) {
        await files.chosenFolders.change((known) => (known.includes(folder) ? known : [...known, folder]))
      },
    },
  })
  const make = createMakeReport({ ...options.screens, budgets, timeZone, now })
  const directory = join(environment.dataDirectory, 'reports')
  const runner = createReports({
    workspaces,
    file: files.reports,
    folders,
    webhooks,
    alerts,
    make,
    directory,
    timeZone,
    now,
    log,
  })
  return {
    api: createReportsApi({ workspaces, runner, folders, make, timeZone, now }),
    async close() {
      steps.stop()
      await runner.close()
    },
  }
}
