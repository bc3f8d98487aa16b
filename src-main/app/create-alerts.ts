import { randomUUID } from 'node:crypto'
import type { AlertNotice, AlertRule, Alerts } from '../contract/alerts'
import type { AppNotification, NotificationSettings } from '../contract/notifications'
import { conditionHolds, type AlertReading } from '../core/alerts/alert-readings'
import { alertPath, describeAlert } from '../core/alerts/describe-alert'
import { isQuiet } from '../core/alerts/quiet-hours'
import { nothingSeen, stepAlert } from '../core/alerts/step-alert'
import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'
import type { AlertRuleState, AlertsFile } from '../settings/alert-files'
import type { OpenWorkspace } from './open-workspace'
import { alertStepMs, readAlerts, type AlertSource } from './read-alerts'
import type { Webhooks } from './webhooks'
import type { Workspaces } from './workspaces'

export interface AlertWatch {
  current(): Alerts
  /** Changes rules, states or notices, one change after the other. */
  change(make: (file: AlertsFile) => AlertsFile): Promise<Alerts>
  /** The figure and what the rule would have said, from then until now. Nothing is kept of it. */
  tryOut(rule: AlertRule, days: number, signal?: AbortSignal): Promise<{ readings: AlertReading[]; toMs: number }>
  /** Looks at every rule now. */
  look(): Promise<void>
  close(): Promise<void>
}

const minuteMs = 60_000
const dayMs = 86_400_000
/** Shortest time between two looks. */
const lookEveryMs = 10_000
/** Time that was slept through is gone through afterwards, at most this long. */
const longestCatchUpMs = 7 * dayMs
/** What is found later than this is told of together. */
const lateAfterMs = 15 * minuteMs
const mostNotices = 500

export const neverLooked: AlertRuleState = {
  memory: nothingSeen,
  evaluatedMs: null,
  value: null,
  snoozedUntilMs: null,
  openNoticeId: null,
}

/**
 * Looks at the rules of the open workspace whenever its replica has news, up to the moment that the replica has: while
 * the database is away nothing is concluded from silence. What is found is kept in the user's file, said once, and sent
 * to the rule's webhooks.
 */
export function createAlerts(options: {
  workspaces: Workspaces
  webhooks: Webhooks
  notifications: () => NotificationSettings
  timeZone: () => string
  now: () => number
  log: Log
}): AlertWatch {
  const { workspaces, webhooks, notifications, timeZone, now, log } = options
  const problems = new Map<string, string>()
  const closing = new AbortController()
  let turn: Promise<unknown> = Promise.resolve()
  let lookedMs = -Infinity
  let timer: NodeJS.Timeout | null = null
  let sentFor: OpenWorkspace | null = null

  const stop = workspaces.onEvent((event) => {
    if (event.type !== 'data') return
    // The last news of a burst are looked at as well.
    timer ??= setTimeout(
      () => {
        timer = null
        void look()
      },
      Math.max(0, lookedMs + lookEveryMs - now()),
    )
  })

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  /** What the replica has, from the source's first row on: the nothing before it is no silence and no rhythm. */
  function sourceOf({ replica, sync }: OpenWorkspace): AlertSource {
    const target = sync.state().syncTarget
    const startMs = target === null ? -Infinity : Date.parse(target)
    const known = replica
      .coverage()
      .map(({ fromUs, toUs }) => ({ fromMs: Math.max(fromUs / 1000, startMs), toMs: toUs / 1000 }))
      .filter(({ fromMs, toMs }) => fromMs < toMs)
    return { replica, known, timeZone: timeZone() }
  }

  function look(): Promise<void> {
    lookedMs = now()
    return inTurn(async () => {
      if (closing.signal.aborted) return
      try {
        await lookAt(workspaces.open())
      } catch (error) {
        const { code } = asFailure(error)
        if (code !== 'no-workspace') log.warn('The alerts could not be looked at', { code, cause: String(error) })
      }
    })
  }

  async function lookAt(workspace: OpenWorkspace): Promise<void> {
    const asOf = workspace.replica.asOf()
    const { rules, states } = workspace.alerts.value()
    resend(workspace)
    if (asOf === null || rules.length === 0) return
    const asOfMs = Date.parse(asOf)
    const next: AlertsFile['states'] = { ...states }
    const fresh: AlertNotice[] = []
    const cleared = new Map<string, number>()
    for (const rule of rules) {
      if (!rule.isOn) continue
      const former = states[rule.id] ?? neverLooked
      const readings = await read(rule, former.evaluatedMs, asOfMs, workspace)
      if (readings === null) continue
      const outcome = goThrough(rule, former, readings, asOfMs)
      next[rule.id] = outcome.state
      fresh.push(...outcome.notices)
      for (const { id, atMs } of outcome.cleared) cleared.set(id, atMs)
    }
    const { notices } = workspace.alerts.value()
    const closed = [...fresh.toReversed(), ...notices].map((notice) => {
      const atMs = cleared.get(notice.id)
      return atMs === undefined ? notice : { ...notice, clearedAt: iso(atMs) }
    })
    await workspace.alerts.write({ rules, states: next, notices: closed.slice(0, mostNotices) })
    workspaces.announceAlerts()
    announce(fresh, next)
    for (const notice of fresh) void deliver(workspace, notice)
  }

  /** The looks that are due; null where the rule cannot be read, with the reason in `problems`. */
  async function read(rule: AlertRule, evaluatedMs: number | null, asOfMs: number, workspace: OpenWorkspace) {
    const stepMs = alertStepMs(rule)
    const sinceMs = Math.max(evaluatedMs ?? asOfMs, asOfMs - longestCatchUpMs)
    const missedLooks = Math.max(0, Math.floor((asOfMs - sinceMs) / stepMs) - 1)
    try {
      const span = { fromMs: asOfMs - missedLooks * stepMs, toMs: asOfMs }
      const readings = await readAlerts(rule, span, sourceOf(workspace), closing.signal)
      problems.delete(rule.id)
      // An hour or a day ends once, however often it is looked at.
      return readings.filter(({ atMs }) => evaluatedMs === null || atMs > evaluatedMs)
    } catch (error) {
      problems.set(rule.id, asFailure(error).message)
      return null
    }
  }

  function goThrough(rule: AlertRule, former: AlertRuleState, readings: AlertReading[], asOfMs: number) {
    const notices: AlertNotice[] = []
    const cleared: { id: string; atMs: number }[] = []
    let state = former
    for (const reading of readings) {
      const holds = conditionHolds(rule.condition, reading)
      const { memory, happened } = stepAlert(rule, state.memory, { atMs: reading.atMs, holds })
      state = { ...state, memory, evaluatedMs: reading.atMs, value: reading.value }
      if (happened === 'cleared' && state.openNoticeId) {
        cleared.push({ id: state.openNoticeId, atMs: reading.atMs })
        state = { ...state, openNoticeId: null }
      }
      if (happened !== 'fired') continue
      const notice = noticeOf(rule, reading, asOfMs - reading.atMs > lateAfterMs)
      notices.push(notice)
      state = { ...state, openNoticeId: notice.id }
    }
    return { state, notices, cleared }
  }

  function noticeOf(rule: AlertRule, reading: AlertReading, isLate: boolean): AlertNotice {
    return {
      id: randomUUID(),
      ruleId: rule.id,
      name: rule.name,
      sentence: describeAlert(rule, reading),
      firedAt: iso(reading.atMs),
      clearedAt: null,
      acknowledgedAt: null,
      isLate,
      path: alertPath(rule, reading.atMs),
      deliveries: rule.webhookIds.flatMap((webhookId) => {
        const name = webhooks.name(webhookId)
        return name === null ? [] : [{ webhookId, name, outcome: 'waiting' as const, detail: '' }]
      }),
    }
  }

  /** What is new is said one by one, what was missed in one word; nothing in quiet hours or of a snoozed rule. */
  function announce(fresh: AlertNotice[], states: AlertsFile['states']): void {
    const { isOn, quietHours } = notifications()
    if (!isOn || isQuiet(quietHours, now(), timeZone())) return
    const told = fresh.filter(({ ruleId }) => (states[ruleId]?.snoozedUntilMs ?? 0) <= now())
    const late = told.filter(({ isLate }) => isLate)
    const shown: AppNotification[] = told
      .filter(({ isLate }) => !isLate)
      .map(({ id, name, sentence }) => ({ id, title: name, body: sentence, path: 'alerts', isError: true }))
    const [first] = late
    if (first) {
      const title = late.length === 1 ? first.name : `${late.length} alerts while nobody looked`
      const body = late.length === 1 ? first.sentence : 'The inbox has them with their times.'
      shown.push({ id: first.id, title, body, path: 'alerts', isError: true })
    }
    if (shown.length > 0) workspaces.announceNews({ count: 0, notifications: shown })
  }

  /** What a former run could not finish sending. */
  function resend(workspace: OpenWorkspace): void {
    if (sentFor === workspace) return
    sentFor = workspace
    for (const notice of workspace.alerts.value().notices) {
      if (notice.deliveries.some(({ outcome }) => outcome === 'waiting')) void deliver(workspace, notice)
    }
  }

  async function deliver(workspace: OpenWorkspace, notice: AlertNotice): Promise<void> {
    await Promise.all(
      notice.deliveries.map(async ({ webhookId, outcome }) => {
        if (outcome !== 'waiting') return
        const detail = await webhooks.send(webhookId, notice, { signal: closing.signal }).then(
          () => null,
          (error: unknown) => asFailure(error).message,
        )
        // Given up because the app ends: the next run sends it.
        if (closing.signal.aborted) return
        await inTurn(() => noteDelivery(workspace, notice.id, webhookId, detail))
      }),
    )
  }

  async function noteDelivery(workspace: OpenWorkspace, noticeId: string, webhookId: string, failure: string | null) {
    const file = workspace.alerts.value()
    const outcome = failure === null ? ('delivered' as const) : ('failed' as const)
    const notices = file.notices.map((notice) => {
      if (notice.id !== noticeId) return notice
      const deliveries = notice.deliveries.map((each) =>
        each.webhookId === webhookId ? { ...each, outcome, detail: failure ?? '' } : each,
      )
      return { ...notice, deliveries }
    })
    await workspace.alerts.write({ ...file, notices })
    workspaces.announceAlerts()
  }

  function current(): Alerts {
    const { rules, states, notices } = workspaces.open().alerts.value()
    return {
      states: rules.map((rule) => toState(rule, states[rule.id] ?? neverLooked, problems.get(rule.id) ?? null)),
      notices,
      unacknowledged: notices.filter(({ acknowledgedAt }) => acknowledgedAt === null).length,
    }
  }

  return {
    current,
    change: (make) =>
      inTurn(async () => {
        const { alerts } = workspaces.open()
        await alerts.write(make(alerts.value()))
        workspaces.announceAlerts()
        return current()
      }),
    async tryOut(rule, days, signal) {
      const workspace = workspaces.open()
      const asOf = workspace.replica.asOf()
      const toMs = asOf === null ? now() : Date.parse(asOf)
      const span = { fromMs: toMs - days * dayMs, toMs }
      return { readings: await readAlerts(rule, span, sourceOf(workspace), signal), toMs }
    },
    look,
    async close() {
      closing.abort()
      stop()
      if (timer) clearTimeout(timer)
      await turn
    },
  }
}

function toState(rule: AlertRule, state: AlertRuleState, problem: string | null): Alerts['states'][number] {
  const { memory, evaluatedMs, value, snoozedUntilMs } = state
  const isUnknown = problem !== null || evaluatedMs === null
  return {
    rule,
    phase: !rule.isOn ? 'off' : isUnknown ? 'unknown' : memory.phase,
    since: memory.sinceMs === null ? null : iso(memory.sinceMs),
    value,
    evaluatedAt: evaluatedMs === null ? null : iso(evaluatedMs),
    snoozedUntil: snoozedUntilMs === null ? null : iso(snoozedUntilMs),
    problem,
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
