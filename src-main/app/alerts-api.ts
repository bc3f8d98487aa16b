import type { AlertDryRun, AlertRule } from '../contract/alerts'
import { conditionHolds, type AlertReading } from '../core/alerts/alert-readings'
import { nothingSeen, stepAlert } from '../core/alerts/step-alert'
import { Failure } from '../core/failure'
import { readQuery } from '../core/search/parse-query'
import type { AppApi } from '../rpc/app-api'
import type { AlertRuleState } from '../settings/alert-files'
import { neverLooked } from './alert-state'
import type { AlertWatch } from './create-alerts'

const mostRules = 100
/** A chart has no more room. */
const mostPoints = 500

/** Rules, their states and the inbox of the open workspace. */
export function createAlertsApi(watch: AlertWatch, now: () => number): AppApi['alerts'] {
  /** The last rule that was removed: brought back it goes on where it was, and says nothing twice. */
  let removed: { rule: AlertRule; state: AlertRuleState } | null = null

  return {
    list: async () => watch.current(),
    async save(rule) {
      readQuery(rule.q)
      const saved = await watch.change((file) => {
        const isKnown = file.rules.some((each) => each.id === rule.id)
        if (!isKnown && file.rules.length >= mostRules) {
          throw new Failure('too-large', {
            message: `There are ${mostRules} rules already.`,
            hint: 'Remove one first.',
          })
        }
        const former = file.rules.find((each) => each.id === rule.id)
        const rules = isKnown ? file.rules.map((each) => (each.id === rule.id ? rule : each)) : [...file.rules, rule]
        // Another condition is another question: what was seen of the former says nothing about it.
        if (!former && removed && removed.rule.id === rule.id && isSameQuestion(removed.rule, rule)) {
          return { ...file, rules, states: { ...file.states, [rule.id]: removed.state } }
        }
        const states = former && isSameQuestion(former, rule) ? file.states : without(file.states, rule.id)
        return { ...file, rules, states }
      })
      void watch.look()
      return saved
    },
    remove: ({ id }) =>
      watch.change((file) => {
        const rule = file.rules.find((each) => each.id === id)
        if (rule) removed = { rule, state: file.states[id] ?? neverLooked }
        return { ...file, rules: file.rules.filter((each) => each !== rule), states: without(file.states, id) }
      }),
    async tryOut({ rule, days }, { signal }) {
      const { readings, toMs, unseen } = await watch.tryOut(rule, days, signal)
      return { unseen, ...toDryRun(rule, readings, { fromMs: toMs - days * 86_400_000, toMs }) }
    },
    acknowledge: ({ ids }) =>
      watch.change((file) => {
        const at = new Date(now()).toISOString()
        const wanted = ids && new Set(ids)
        const notices = file.notices.map((notice) =>
          notice.acknowledgedAt === null && (!wanted || wanted.has(notice.id))
            ? { ...notice, acknowledgedAt: at }
            : notice,
        )
        return { ...file, notices }
      }),
    snooze: ({ ruleId, minutes }) =>
      watch.change((file) => {
        const former = file.states[ruleId] ?? neverLooked
        const snoozedUntilMs = minutes === null ? null : now() + minutes * 60_000
        return { ...file, states: { ...file.states, [ruleId]: { ...former, snoozedUntilMs } } }
      }),
  }
}

function isSameQuestion(a: AlertRule, b: AlertRule): boolean {
  const question = ({ q, figure, windowMinutes, condition }: AlertRule): string =>
    JSON.stringify([q, figure, windowMinutes, condition])
  return question(a) === question(b)
}

function without<V>(record: Record<string, V>, key: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key))
}

function toDryRun(
  rule: AlertRule,
  readings: AlertReading[],
  span: { fromMs: number; toMs: number },
): Omit<AlertDryRun, 'unseen'> {
  const fired: AlertDryRun['fired'] = []
  let memory = nothingSeen
  for (const reading of readings) {
    const step = stepAlert(rule, memory, { atMs: reading.atMs, holds: conditionHolds(rule.condition, reading) })
    memory = step.memory
    const at = new Date(reading.atMs).toISOString()
    if (step.happened === 'fired') fired.push({ firedAt: at, clearedAt: null, value: reading.value })
    const last = fired.at(-1)
    if (step.happened === 'cleared' && last) last.clearedAt = at
  }
  const every = Math.max(1, Math.ceil(readings.length / mostPoints))
  return {
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    fired,
    points: readings
      .filter((_, index) => (readings.length - 1 - index) % every === 0)
      .map(({ atMs, value }) => ({ at: new Date(atMs).toISOString(), value })),
  }
}
