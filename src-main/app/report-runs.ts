import { randomUUID } from 'node:crypto'
import type { ReportDelivery, ReportPlan, ReportRun } from '../contract/reports'
import { lastDueMs, periodBefore } from '../core/reports/report-times'
import type { SourceReports } from '../settings/saved-reports'

const minuteMs = 60_000
/** Waits after a try that failed; after the last one it is given up. */
const retryAfterMs = [1, 10, 60, 360, 720].map((minutes) => minutes * minuteMs)
const mostRuns = 200

/** A run of a plan: of the period that ended before `dueMs`, or before now where nobody waited for it. */
export function newRun(
  plan: ReportPlan,
  when: { dueMs: number | null; nowMs: number; timeZone: string },
  webhookName: (id: string) => string | null,
): ReportRun {
  const { dueMs, nowMs, timeZone } = when
  const { fromMs, toMs } = periodBefore(plan.schedule, dueMs ?? nowMs, timeZone)
  const waiting = { outcome: 'waiting' as const, detail: '', tries: 0, nextTryAt: null, files: [] }
  const folder: ReportDelivery[] =
    plan.folder === null
      ? []
      : [{ ...waiting, target: { kind: 'folder', folder: plan.folder }, name: plan.folder || 'Reports folder' }]
  const webhooks = plan.webhookIds.map((webhookId): ReportDelivery => {
    const name = webhookName(webhookId) ?? 'A webhook that was removed'
    return { ...waiting, target: { kind: 'webhook', webhookId }, name }
  })
  return {
    id: randomUUID(),
    planId: plan.id,
    name: plan.name,
    from: iso(fromMs),
    to: iso(toMs),
    dueAt: dueMs === null ? null : iso(dueMs),
    startedAt: iso(nowMs),
    madeAt: null,
    isLate: false,
    waitsFor: null,
    deliveries: [...folder, ...webhooks],
    noticeId: null,
  }
}

export function addRun(reports: SourceReports, run: ReportRun): SourceReports {
  return { ...reports, runs: [run, ...reports.runs].slice(0, mostRuns) }
}

/**
 * Adds a run for each plan that was due since it was last seen to: one, of the latest period, however many were missed.
 * What an older one waits for is skipped then. The same object where nothing was due.
 */
export function addDueRuns(
  reports: SourceReports,
  when: { nowMs: number; timeZone: string },
  webhookName: (id: string) => string | null,
): SourceReports {
  let { runs } = reports
  const plans = reports.plans.map((each) => {
    const { plan, handledMs } = each
    if (!plan.isOn) return each
    const dueMs = lastDueMs(plan.schedule, when.nowMs, when.timeZone)
    if (dueMs <= handledMs) return each
    const older = runs.map((run) =>
      run.planId === plan.id && run.dueAt !== null && run.madeAt === null ? skipped(run) : run,
    )
    runs = addRun({ plans: [], runs: older }, newRun(plan, { ...when, dueMs }, webhookName)).runs
    return { plan, handledMs: dueMs }
  })
  return runs === reports.runs ? reports : { plans, runs }
}

function skipped(run: ReportRun): ReportRun {
  const deliveries = run.deliveries.map((each) =>
    each.outcome === 'waiting' ? { ...each, outcome: 'skipped' as const, nextTryAt: null } : each,
  )
  return { ...run, waitsFor: null, deliveries }
}

/** Whether a delivery is to be tried now. */
export function isDue({ outcome, nextTryAt }: ReportDelivery, nowMs: number): boolean {
  return outcome === 'waiting' && (nextTryAt === null || Date.parse(nextTryAt) <= nowMs)
}

/** The delivery after a try. `failure` is a sentence; null where it arrived. */
export function afterTry(
  delivery: ReportDelivery,
  outcome: { failure: string | null; files: string[]; nowMs: number },
): ReportDelivery {
  const { failure, files, nowMs } = outcome
  const tries = delivery.tries + 1
  if (failure === null) return { ...delivery, outcome: 'delivered', detail: '', tries, nextTryAt: null, files }
  const waitMs = retryAfterMs[tries - 1]
  if (waitMs === undefined) return { ...delivery, outcome: 'failed', detail: failure, tries, nextTryAt: null, files }
  return { ...delivery, detail: failure, tries, nextTryAt: iso(nowMs + waitMs), files }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
