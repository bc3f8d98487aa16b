import type { ReportFormat, ReportPlan, ReportRun, ReportSchedule } from '../../../src-main/contract/reports'
import type { Option } from '../../ui/options'

export const everyOptions: Option<ReportSchedule['every']>[] = [
  { value: 'day', label: 'Every day' },
  { value: 'week', label: 'Every week' },
  { value: 'month', label: 'Every month' },
]

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
export const weekdayOptions: Option<number>[] = weekdays.map((label, index) => ({ value: index + 1, label }))
export const dayOptions: Option<number>[] = Array.from({ length: 28 }, (_, index) => ({
  value: index + 1,
  label: `on day ${index + 1}`,
}))

export const formatLabels: Record<ReportFormat, string> = { html: 'HTML', csv: 'CSV', parquet: 'Parquet' }

/** `Every Monday at 08:00, of the week before`. */
export function describeSchedule(schedule: ReportSchedule): string {
  switch (schedule.every) {
    case 'day':
      return `Every day at ${schedule.at}, of the day before`
    case 'week':
      return `Every ${weekdays[schedule.weekday - 1]} at ${schedule.at}, of the week before`
    case 'month':
      return `On day ${schedule.day} of each month at ${schedule.at}, of the month before`
  }
}

/** Where it goes, and as what. */
export function describeTargets(
  { formats, folder, webhookIds }: ReportPlan,
  webhookName: (id: string) => string,
): string {
  const places = [...(folder === null ? [] : [folder || 'the reports folder']), ...webhookIds.map(webhookName)]
  return `${formats.map((format) => formatLabels[format]).join(', ')} to ${places.join(', ')}`
}

export type RunState = { tone: 'live' | 'warn' | 'failed' | 'neutral'; word: string }

/** How a run stands as a whole. */
export function runState({ deliveries, waitsFor }: ReportRun): RunState {
  const has = (outcome: ReportRun['deliveries'][number]['outcome']): boolean =>
    deliveries.some((delivery) => delivery.outcome === outcome)
  if (has('failed')) return { tone: 'failed', word: 'Failed' }
  if (waitsFor !== null) return { tone: 'neutral', word: 'Waiting' }
  if (deliveries.some(({ outcome, detail }) => outcome === 'waiting' && detail !== ''))
    return { tone: 'warn', word: 'Trying' }
  if (has('waiting')) return { tone: 'neutral', word: 'Making' }
  if (has('skipped')) return { tone: 'neutral', word: 'Skipped' }
  return { tone: 'live', word: 'Delivered' }
}
