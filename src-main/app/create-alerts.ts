import { randomUUID } from 'node:crypto'
import type { AlertNotice, AlertRule, Alerts } from '../contract/alerts'
import type { NotificationSettings } from '../contract/notifications'
import { alertNotifications } from '../core/alerts/alert-notifications'
import { conditionHolds, type AlertReading } from '../core/alerts/alert-readings'
import { alertPath, describeAlert } from '../core/alerts/describe-alert'
import { isQuiet } from '../core/alerts/quiet-hours'
import { stepAlert } from '../core/alerts/step-alert'
import { asFailure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { Log } from '../core/ports'
import type { AlertRuleState, AlertsFile } from '../settings/alert-files'
import { createAlertDelivery } from './alert-delivery'
import { neverLooked, toAlertState } from './alert-state'
import type { OpenWorkspace } from './open-workspace'
import { alertStepMs, findUnseen, readAlerts, type AlertSource } from './read-alerts'
import type { Webhooks } from './webhooks'
import type { Workspaces } from './workspaces'

/** What a rule would have read, until when, and what it could not see, as a sentence. */
export interface TriedOut {
  readings: AlertReading[]
  toMs: number
  unseen: string | null
}

export interface AlertWatch {
  current(): Alerts
  /** Changes rules, states or notices, one change after the other. */
  change(make: (file: AlertsFile) => AlertsFile): Promise<Alerts>
  /** The figure and what the rule would have said, from then until now. Nothing is kept of it. */
  tryOut(rule: AlertRule, days: number, signal?: AbortSignal): Promise<TriedOut>
  /** Looks at every rule now. */
  look(): Promise<void>
  /** Puts a notice of something else than a rule into the inbox, and sends it to its webhooks. */
  tell(workspace: OpenWorkspace, told: Told): Promise<void>
  /** What a notice told of is over. */
  clear(workspace: OpenWorkspace, noticeId: string): Promise<void>
  close(): Promise<void>
}

/** What is told of; `once` is written down in the same breath, so that it can be asked for by name. */
export type Told = Pick<AlertNotice, 'id' | 'kind' | 'ruleId' | 'name' | 'sentence' | 'path'> & {
  webhookIds: readonly string[]
  /** Whether a notification is shown as well. */
  isAnnounced: boolean
  once?: readonly string[]
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
const mostToldOnce = 2000

/**
 * Looks at the rules of the open workspace whenever its replica has news, up to the moment that the replica has: while
 * the database is away nothing is concluded from silence. What is found is kept in the user's file, said once, and sent
 * to the rule's webhooks.
 */
export function createAlerts(options: {
  workspaces: Workspaces
  webhooks: Webhooks
  notifications: () => NotificationSettings
  contextWindowOf: AlertSource['contextWindowOf']
  timeZone: () => string
  now: () => number
  log: Log
}): AlertWatch {
  const { workspaces, webhooks, notifications, timeZone, now, log } = options
  const problems = new Map<string, string>()
  const closing = new AbortController()
  const inTurn = createTurns()
  let lookedMs = -Infinity
  let timer: NodeJS.Timeout | null = null
  const delivery = createAlertDelivery({ workspaces, webhooks, signal: closing.signal, inTurn })

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

  /** What the replica has, from the source's first row on: the nothing before it is no silence and no rhythm. */
  function sourceOf({ replica, sync }: OpenWorkspace): AlertSource {
    const target = sync.state().syncTarget
    const startMs = target === null ? -Infinity : Date.parse(target)
    const known = replica
      .coverage()
      .map(({ fromUs, toUs }) => ({ fromMs: Math.max(fromUs / 1000, startMs), toMs: toUs / 1000 }))
      .filter(({ fromMs, toMs }) => fromMs < toMs)
    return { replica, known, timeZone: timeZone(), contextWindowOf: options.contextWindowOf }
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
    delivery.resend(workspace)
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
    await workspace.alerts.write({
      ...workspace.alerts.value(),
      states: next,
      notices: closed.slice(0, mostNotices),
    })
    workspaces.announceAlerts()
    announce(fresh, next)
    for (const notice of fresh) void delivery.deliver(workspace, notice)
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
      kind: 'rule',
      ruleId: rule.id,
      name: rule.name,
      sentence: describeAlert(rule, reading),
      firedAt: iso(reading.atMs),
      clearedAt: null,
      acknowledgedAt: null,
      isLate,
      path: alertPath(rule, reading.atMs),
      deliveries: delivery.waiting(rule.webhookIds),
    }
  }

  /** Nothing in quiet hours or of a snoozed rule. */
  function announce(fresh: AlertNotice[], states: AlertsFile['states']): void {
    const { isOn, quietHours } = notifications()
    if (!isOn || isQuiet(quietHours, now(), timeZone())) return
    const told = fresh.filter(({ ruleId }) => (states[ruleId]?.snoozedUntilMs ?? 0) <= now())
    const shown = alertNotifications(told)
    if (shown.length > 0) workspaces.announceNews({ count: 0, notifications: shown })
  }

  async function tell(workspace: OpenWorkspace, told: Told): Promise<void> {
    const { webhookIds, isAnnounced, once = [], ...rest } = told
    const notice: AlertNotice = {
      ...rest,
      firedAt: iso(now()),
      clearedAt: null,
      acknowledgedAt: null,
      isLate: false,
      deliveries: delivery.waiting(webhookIds),
    }
    await inTurn(async () => {
      const file = workspace.alerts.value()
      const toldOnce = [...file.toldOnce, ...once].slice(-mostToldOnce)
      await workspace.alerts.write({ ...file, toldOnce, notices: [notice, ...file.notices].slice(0, mostNotices) })
      workspaces.announceAlerts()
    })
    if (isAnnounced) announce([notice], {})
    void delivery.deliver(workspace, notice)
  }

  function clear(workspace: OpenWorkspace, noticeId: string): Promise<void> {
    return inTurn(async () => {
      const file = workspace.alerts.value()
      const isOpen = ({ id, clearedAt }: AlertNotice): boolean => id === noticeId && clearedAt === null
      const notices = file.notices.map((each) => (isOpen(each) ? { ...each, clearedAt: iso(now()) } : each))
      await workspace.alerts.write({ ...file, notices })
      workspaces.announceAlerts()
    })
  }

  function current(): Alerts {
    const { rules, states, notices } = workspaces.open().alerts.value()
    return {
      states: rules.map((rule) => toAlertState(rule, states[rule.id] ?? neverLooked, problems.get(rule.id) ?? null)),
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
      const source = sourceOf(workspace)
      const readings = await readAlerts(rule, span, source, signal)
      return { readings, toMs, unseen: await findUnseen(rule, span, source, signal) }
    },
    look,
    tell,
    clear,
    async close() {
      closing.abort()
      stop()
      if (timer) clearTimeout(timer)
      await inTurn(async () => undefined)
    },
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
