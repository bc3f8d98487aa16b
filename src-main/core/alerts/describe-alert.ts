import type { AlertFigure, AlertRule } from '../../contract/alerts'
import type { AlertReading } from './alert-readings'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const shares = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })

/** A figure with its unit, as `$12.40`, `35 requests`, `8.2%`. */
export function formatAlertFigure(figure: AlertFigure, value: number): string {
  switch (figure) {
    case 'costUsd':
      return value > 0 && value < 0.01 ? 'under $0.01' : dollars.format(value)
    case 'errorShare':
    case 'cacheShare':
    case 'contextShare':
      return shares.format(value)
    case 'p95Ms':
      return value < 1000 ? `${whole.format(value)} ms` : `${(value / 1000).toFixed(1)} s`
    case 'repeatedCalls':
      return `${whole.format(value)} ${value === 1 ? 'time' : 'times'}`
    default: {
      const unit = { requests: 'request', tokens: 'token', errors: 'error' }[figure]
      return `${whole.format(value)} ${value === 1 ? unit : `${unit}s`}`
    }
  }
}

const names: Record<AlertFigure, string> = {
  requests: '',
  tokens: '',
  errors: '',
  costUsd: '',
  errorShare: ' of the requests failed',
  cacheShare: ' of the prompt came from the cache',
  repeatedCalls: ' the same tool call in one conversation',
  contextShare: ' of its model’s context window was filled by a prompt',
  p95Ms: ' was the 95th percentile of the response time',
}

const windows: Record<number, string> = {
  5: '5 minutes',
  15: '15 minutes',
  30: '30 minutes',
  60: 'an hour',
  360: '6 hours',
  1440: 'a day',
}

/** What made a rule fire, as a sentence with its figures. */
export function describeAlert(rule: AlertRule, { value, former, anomaly }: AlertReading): string {
  const { condition, figure, windowMinutes } = rule
  const span = windows[windowMinutes]!
  if (condition.kind === 'absence') return `No request for ${span}.`
  if (condition.kind === 'anomaly') return anomaly ?? ''
  const found = `${formatAlertFigure(figure, value ?? 0)}${names[figure]} within ${span}`
  if (condition.kind === 'change') {
    return `${found}, after ${formatAlertFigure(figure, former ?? 0)} in the time before.`
  }
  return `${found}; the limit is ${formatAlertFigure(figure, condition.value)}.`
}

/** The list of the requests behind it: those of the query in the window that ended then. */
export function alertPath(rule: AlertRule, atMs: number): string {
  const from = new Date(atMs - rule.windowMinutes * 60_000).toISOString()
  const to = new Date(atMs).toISOString()
  const q = rule.q === '' ? '' : `&q=${encodeURIComponent(rule.q)}`
  return `conversations?from=${from}&to=${to}${q}`
}
