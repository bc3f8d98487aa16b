import { randomUUID } from 'node:crypto'
import type { ReportDelivery, ReportPlan, ReportRun, Reports } from '../contract/reports'
import { asFailure, Failure } from '../core/failure'
import type { Log } from '../core/ports'
import type { ReportContent } from '../core/reports/report-content'
import { nextDueMs } from '../core/reports/report-times'
import type { JsonFile } from '../settings/json-file'
import type { ReportsFile, SourceReports } from '../settings/saved-reports'
import type { AlertWatch } from './create-alerts'
import type { MakeReport } from './make-report'
import type { OpenWorkspace } from './open-workspace'
import type { ReportFolders } from './report-folders'
import { reportMessage } from './report-message'
import { addDueRuns, addRun, afterTry, isDue, newRun } from './report-runs'
import type { Webhooks } from './webhooks'
import type { Workspaces } from './workspaces'
import { makeReportFiles, placeFile, type ReportFile } from './write-report'

export interface ReportRunner {
  current(): Reports
  /** Changes the plans of the open workspace, one change after the other. */
  change(make: (reports: SourceReports) => SourceReports): Promise<Reports>
  runNow(plan: ReportPlan): Promise<Reports>
  /** Makes and delivers what is due now. */
  look(): Promise<void>
  close(): Promise<void>
}

const lookEveryMs = 20_000
/** What is made later than this after it was due is late. */
const lateAfterMs = 15 * 60_000
/** How long a report waits for older days and cache tokens to be read; what is missing then stands in it. */
const patienceMs = 3_600_000
const mostRunsShown = 100
const nothing: SourceReports = { plans: [], runs: [] }

/**
 * Makes the reports of the open workspace when they are due. What was begun and what failed stands in the user's file,
 * so that a restart goes on with it; plans of another database wait until it is opened.
 */
export function createReports(options: {
  workspaces: Pick<Workspaces, 'open' | 'current' | 'onEvent' | 'announceAlerts'>
  file: JsonFile<ReportsFile>
  folders: ReportFolders
  webhooks: Pick<Webhooks, 'name' | 'send'>
  alerts: Pick<AlertWatch, 'tell' | 'clear'>
  make: MakeReport
  /** For what is made on the way. */
  directory: string
  timeZone: () => string
  now: () => number
  log: Log
}): ReportRunner {
  const { workspaces, file, folders, webhooks, alerts, timeZone, now, log } = options
  const closing = new AbortController()
  let looking: Promise<void> = Promise.resolve()
  let isAsked = false

  const timer = setInterval(() => void look(), lookEveryMs)
  timer.unref()
  const stop = workspaces.onEvent((event) => {
    if (event.type === 'workspace') void look()
  })

  const of = (sourceKey: string): SourceReports => file.value()[sourceKey] ?? nothing

  async function write(sourceKey: string, make: (reports: SourceReports) => SourceReports): Promise<void> {
    let isChanged = false
    await file.change((all) => {
      const former = all[sourceKey] ?? nothing
      const next = make(former)
      isChanged = next !== former
      return isChanged ? { ...all, [sourceKey]: next } : all
    })
    if (isChanged) workspaces.announceAlerts()
  }

  function look(): Promise<void> {
    // One that waits its turn will see everything.
    if (!isAsked) {
      isAsked = true
      looking = lookAfter(looking)
    }
    return looking
  }

  async function lookAfter(former: Promise<void>): Promise<void> {
    await former
    isAsked = false
    if (closing.signal.aborted) return
    try {
      const workspace = workspaces.current()
      if (workspace) await lookAt(workspace)
    } catch (error) {
      log.warn('The reports could not be looked at', { code: asFailure(error).code, cause: String(error) })
    }
  }

  async function lookAt(workspace: OpenWorkspace): Promise<void> {
    const { sourceKey } = workspace
    await write(sourceKey, (reports) => addDueRuns(reports, { nowMs: now(), timeZone: timeZone() }, webhooks.name))
    const { plans, runs } = of(sourceKey)
    for (const run of runs.toReversed()) {
      const plan = plans.find((each) => each.plan.id === run.planId)?.plan
      if (closing.signal.aborted) return
      if (plan && run.deliveries.some((delivery) => isDue(delivery, now()))) await carryOut(workspace, plan, run)
    }
  }

  async function carryOut(workspace: OpenWorkspace, plan: ReportPlan, run: ReportRun): Promise<void> {
    const { sourceKey } = workspace
    const change = (to: Partial<ReportRun>): Promise<void> =>
      write(sourceKey, (reports) => ({
        ...reports,
        runs: reports.runs.map((each) => (each.id === run.id ? { ...each, ...to } : each)),
      }))
    const waitsFor = missing(workspace, run)
    if (waitsFor !== null) {
      if (waitsFor !== run.waitsFor) await change({ waitsFor })
      return
    }
    const made = await makeIt(workspace, plan, run)
    if (closing.signal.aborted) return
    const deliveries = await Promise.all(
      run.deliveries.map((delivery) => (isDue(delivery, now()) ? deliver(run, delivery, made) : delivery)),
    )
    // Given up because the app ends: what did arrive is written down, the rest is tried by the next run.
    const madeAt = 'failure' in made ? run.madeAt : iso(now())
    const isLate = 'failure' in made ? run.isLate : made.content.isLate
    const noticeId = await tellOf(workspace, run, deliveries)
    await change({ waitsFor: null, madeAt, isLate, deliveries, noticeId })
  }

  /** Why a run cannot be made yet, as a sentence; null where it can. */
  function missing({ replica, sync }: OpenWorkspace, run: ReportRun): string | null {
    const asOf = replica.asOf()
    if (asOf === null || asOf < run.to) return 'Waits for the database: its period is not read to the end.'
    const { progress, usagePending } = sync.state()
    const isWhole = progress === 1 && usagePending === 0
    return isWhole || now() - Date.parse(run.startedAt) >= patienceMs ? null : 'Waits until what it needs is read.'
  }

  type Made = { content: ReportContent; files: ReportFile[] } | { failure: string }

  async function makeIt(workspace: OpenWorkspace, plan: ReportPlan, run: ReportRun): Promise<Made> {
    const dueMs = run.dueAt === null ? null : Date.parse(run.dueAt)
    const isLate = run.madeAt === null ? dueMs !== null && now() - dueMs > lateAfterMs : run.isLate
    const period = { fromMs: Date.parse(run.from), toMs: Date.parse(run.to), dueMs, isLate }
    try {
      const content = await options.make(workspace, { ...plan, name: run.name }, period, closing.signal)
      const { directory } = options
      const files = await makeReportFiles(content, plan, {
        replica: workspace.replica,
        directory,
        signal: closing.signal,
      })
      return { content, files }
    } catch (error) {
      log.warn('A report could not be made', { code: asFailure(error).code, cause: String(error) })
      return { failure: asFailure(error).message }
    }
  }

  async function deliver(run: ReportRun, delivery: ReportDelivery, made: Made): Promise<ReportDelivery> {
    const files = [...delivery.files]
    let failure: string | null = null
    try {
      if ('failure' in made) throw new Failure('report-failed', { message: made.failure })
      const { target } = delivery
      if (target.kind === 'webhook') {
        const message = reportMessage({ ...run, isLate: made.content.isLate }, made.content, made.files)
        await webhooks.send(target.webhookId, message, { signal: closing.signal, tries: 1 })
      } else {
        const folder = await folders.open(target.folder)
        // A try before this one may have placed some of them.
        for (const each of made.files.slice(files.length)) files.push(await placeFile(folder, each, run.id))
      }
    } catch (error) {
      if (closing.signal.aborted) return { ...delivery, files }
      failure = asFailure(error).message
    }
    return afterTry(delivery, { failure, files, nowMs: now() })
  }

  /** One notice when a run does not arrive, one when it is given up; cleared when it arrives. Gives the last one's id. */
  async function tellOf(
    workspace: OpenWorkspace,
    run: ReportRun,
    deliveries: ReportDelivery[],
  ): Promise<string | null> {
    const isTroubled = ({ outcome, detail }: ReportDelivery): boolean => outcome !== 'delivered' && detail !== ''
    const gaveUp = deliveries.find(
      ({ outcome }, index) => outcome === 'failed' && run.deliveries[index]?.outcome !== outcome,
    )
    const told = gaveUp ?? (run.noticeId === null ? deliveries.find(isTroubled) : undefined)
    if (run.noticeId !== null && (gaveUp || !deliveries.some(isTroubled))) await alerts.clear(workspace, run.noticeId)
    if (!told) return run.noticeId
    const id = randomUUID()
    await alerts.tell(workspace, {
      id,
      kind: 'report',
      ruleId: run.planId,
      name: `${run.name} did not arrive`,
      sentence: `${told.name}: ${told.detail} ${gaveUp ? 'It was given up.' : 'It is tried again.'}`,
      path: 'costs/reports',
      webhookIds: [],
      isAnnounced: true,
    })
    return id
  }

  function current(): Reports {
    const { plans, runs } = of(workspaces.open().sourceKey)
    return {
      plans: plans
        .map(({ plan }) => ({ plan, nextAt: plan.isOn ? iso(nextDueMs(plan.schedule, now(), timeZone())) : null }))
        .toSorted((a, b) => a.plan.name.localeCompare(b.plan.name, 'en')),
      runs: runs.slice(0, mostRunsShown),
      folders: folders.kind,
    }
  }

  async function change(make: (reports: SourceReports) => SourceReports): Promise<Reports> {
    await write(workspaces.open().sourceKey, make)
    void look()
    return current()
  }

  return {
    current,
    change,
    runNow: (plan) =>
      change((reports) => {
        const when = { dueMs: null, nowMs: now(), timeZone: timeZone() }
        return addRun(reports, newRun(plan, when, webhooks.name))
      }),
    look,
    async close() {
      closing.abort()
      clearInterval(timer)
      stop()
      await looking
      await file.change((all) => all)
    },
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
