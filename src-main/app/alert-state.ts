import type { AlertRule, AlertState } from '../contract/alerts'
import { nothingSeen } from '../core/alerts/step-alert'
import type { AlertRuleState } from '../settings/alert-files'

export const neverLooked: AlertRuleState = {
  memory: nothingSeen,
  evaluatedMs: null,
  value: null,
  snoozedUntilMs: null,
  openNoticeId: null,
}

/** Where a rule stands, as it is shown. `problem` is why it cannot be told. */
export function toAlertState(rule: AlertRule, state: AlertRuleState, problem: string | null): AlertState {
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
