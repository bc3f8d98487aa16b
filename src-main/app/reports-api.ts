import type { ReportPlan } from '../contract/reports'
import { Failure } from '../core/failure'
import { reportDocument } from '../core/reports/report-document'
import { periodBefore } from '../core/reports/report-times'
import { periodText } from '../core/reports/report-words'
import { readQuery } from '../core/search/parse-query'
import type { AppApi } from '../rpc/app-api'
import type { ReportRunner } from './create-reports'
import type { MakeReport } from './make-report'
import type { ReportFolders } from './report-folders'
import type { Workspaces } from './workspaces'

const mostPlans = 50

/** Plans, their runs, and what a report would say, of the open workspace. */
export function createReportsApi(options: {
  workspaces: Pick<Workspaces, 'open'>
  runner: ReportRunner
  folders: ReportFolders
  make: MakeReport
  timeZone: () => string
  now: () => number
}): AppApi['reports'] {
  const { workspaces, runner, folders, make, timeZone, now } = options
  return {
    list: async () => runner.current(),
    async save(plan) {
      readQuery(plan.q)
      // One that is turned off may have lost its folder.
      if (plan.isOn && plan.folder !== null) await folders.open(plan.folder)
      return runner.change((reports) => {
        const former = reports.plans.find((each) => each.plan.id === plan.id)
        if (!former && reports.plans.length >= mostPlans) {
          throw new Failure('too-large', {
            message: `There are ${mostPlans} reports already.`,
            hint: 'Remove one first.',
          })
        }
        // What was due before it was planned so was not missed.
        const handledMs = former && isSameTime(former.plan, plan) ? former.handledMs : now()
        const others = reports.plans.filter((each) => each !== former)
        return { ...reports, plans: [...others, { plan, handledMs }] }
      })
    },
    remove: ({ id }) =>
      runner.change((reports) => ({ ...reports, plans: reports.plans.filter((each) => each.plan.id !== id) })),
    async runNow({ id }) {
      const found = runner.current().plans.find((each) => each.plan.id === id)
      if (!found) throw new Failure('not-found', { message: 'This report is not here any more.' })
      return runner.runNow(found.plan)
    },
    async preview(question, { signal }) {
      const { fromMs, toMs } = periodBefore(question.schedule, now(), timeZone())
      const content = await make(workspaces.open(), question, { fromMs, toMs, dueMs: null, isLate: false }, signal)
      return reportDocument(content, periodText(question.schedule, fromMs, toMs, content.timeZone))
    },
    chooseFolder: async () => ({ folder: await folders.choose() }),
  }
}

function isSameTime(a: ReportPlan, b: ReportPlan): boolean {
  return a.isOn === b.isOn && JSON.stringify(a.schedule) === JSON.stringify(b.schedule)
}
