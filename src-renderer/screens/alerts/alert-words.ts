import type { AlertCondition, AlertFigure, AlertRule } from '../../../src-main/contract/alerts'
import { usd } from '../../format/money'
import { counted, exactNumber, percent } from '../../format/number'
import type { Option } from '../../ui/options'

export const figureOptions: Option<AlertFigure>[] = [
  { value: 'requests', label: 'Requests' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'costUsd', label: 'Cost (USD)' },
  { value: 'errors', label: 'Errors' },
  { value: 'errorShare', label: 'Share of errors' },
  { value: 'cacheShare', label: 'Share read from the cache' },
  { value: 'p95Ms', label: 'Response time, 95th percentile' },
  { value: 'repeatedCalls', label: 'Same tool call in a conversation' },
  { value: 'contextShare', label: 'Context window filled' },
]

export const windowOptions: Option<AlertRule['windowMinutes']>[] = [
  { value: 5, label: '5 minutes' },
  { value: 15, label: '15 minutes' },
  { value: 30, label: '30 minutes' },
  { value: 60, label: 'an hour' },
  { value: 360, label: '6 hours' },
  { value: 1440, label: 'a day' },
]

export type ConditionChoice = 'above' | 'below' | 'up' | 'down' | 'anomaly' | 'absence'

export const conditionOptions: Option<ConditionChoice>[] = [
  { value: 'above', label: 'is above' },
  { value: 'below', label: 'is below' },
  { value: 'up', label: 'rose, against the time before, by' },
  { value: 'down', label: 'fell, against the time before, by' },
  { value: 'anomaly', label: 'breaks its own rhythm' },
  { value: 'absence', label: 'is missing: no request at all' },
]

/** What a figure cannot see, in words; null where it sees every request. */
export function blindSpot(figure: AlertFigure): string | null {
  switch (figure) {
    case 'repeatedCalls':
      return 'One tool with one input, counted over a whole conversation. It sees requests whose texts were read to join conversations: those of the last 30 days, 50,000 at most.'
    case 'contextShare':
      return 'The largest prompt beside what its model can read at once. It sees models of the price list whose window is known.'
    default:
      return null
  }
}

export function isShare(figure: AlertFigure): boolean {
  return figure === 'errorShare' || figure === 'cacheShare' || figure === 'contextShare'
}

/** What the number of a condition is counted in; null where it takes none. */
export function unitOf(choice: ConditionChoice, figure: AlertFigure): string | null {
  if (choice === 'anomaly' || choice === 'absence') return null
  if (choice === 'up' || choice === 'down') return '%'
  if (isShare(figure)) return '%'
  if (figure === 'p95Ms') return 'ms'
  if (figure === 'repeatedCalls') return 'times'
  return figure === 'costUsd' ? 'USD' : figure
}

export function alertFigure(figure: AlertFigure, value: number | null): string {
  if (value === null) return 'not known'
  switch (figure) {
    case 'costUsd':
      return usd(value)
    case 'errorShare':
    case 'cacheShare':
    case 'contextShare':
      return percent(value)
    case 'p95Ms':
      return value < 1000 ? `${exactNumber(value)} ms` : `${(value / 1000).toFixed(1)} s`
    case 'repeatedCalls':
      return counted(value, 'time')
    default:
      return `${exactNumber(value)} ${figure}`
  }
}

const names: Record<AlertFigure, string> = {
  requests: 'Requests',
  tokens: 'Tokens',
  costUsd: 'Cost',
  errors: 'Errors',
  errorShare: 'Share of errors',
  cacheShare: 'Share read from the cache',
  p95Ms: '95th percentile of response times',
  repeatedCalls: 'Same tool call in a conversation',
  contextShare: 'Context window filled',
}

/** A rule in one line: `Cost within an hour above $5.00`. */
export function describeRule({ figure, windowMinutes, condition }: AlertRule): string {
  const span = windowOptions.find(({ value }) => value === windowMinutes)!.label
  if (condition.kind === 'absence') return `No request for ${span}`
  return `${names[figure]} within ${span} ${conditionText(condition, figure)}`
}

function conditionText(condition: Exclude<AlertCondition, { kind: 'absence' }>, figure: AlertFigure): string {
  switch (condition.kind) {
    case 'anomaly':
      return 'breaks its own rhythm'
    case 'change':
      return `${condition.direction === 'up' ? 'up' : 'down'} by ${exactNumber(condition.percent)}% or more`
    default:
      return `${condition.kind} ${alertFigure(figure, condition.value)}`
  }
}
