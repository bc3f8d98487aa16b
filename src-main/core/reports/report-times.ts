import type { ReportSchedule } from '../../contract/reports'
import { bucketStarts } from '../usage/bucket-starts'
import { offsetSpans } from '../usage/zone-offsets'

const dayMs = 86_400_000
/** Within so many days a report is due once at least. */
const reachDays: Record<ReportSchedule['every'], number> = { day: 2, week: 8, month: 32 }

/** The last moment at or before `nowMs` at which the report was due. */
export function lastDueMs(schedule: ReportSchedule, nowMs: number, timeZone: string): number {
  return dueMoments(schedule, nowMs - reachDays[schedule.every] * dayMs, nowMs, timeZone).at(-1)!
}

/** The first moment after `nowMs` at which the report is due. */
export function nextDueMs(schedule: ReportSchedule, nowMs: number, timeZone: string): number {
  return dueMoments(schedule, nowMs + 1, nowMs + reachDays[schedule.every] * dayMs, timeZone)[0]!
}

/** The last whole day, week or month before the report was due, half open. */
export function periodBefore(
  { every }: ReportSchedule,
  dueMs: number,
  timeZone: string,
): { fromMs: number; toMs: number } {
  const starts = bucketStarts({ fromMs: dueMs - 2 * reachDays[every] * dayMs, toMs: dueMs + 1 }, every, timeZone)
  return { fromMs: starts.at(-2)!, toMs: starts.at(-1)! }
}

/**
 * Moments within both ends at which the clock on the wall shows the time. One that the clock skips is the moment of the
 * skip; of one that it shows twice the first counts.
 */
function dueMoments(schedule: ReportSchedule, fromMs: number, toMs: number, timeZone: string): number[] {
  const spans = offsetSpans(timeZone, fromMs - 2 * dayMs, toMs + 2 * dayMs)
  const [first, last] = [spans[0]!, spans.at(-1)!]
  const [hours, minutes] = schedule.at.split(':').map(Number) as [number, number]
  const moments: number[] = []
  const firstDay = Math.floor((first.fromMs + first.offsetMs) / dayMs) + 1
  const lastDay = Math.floor((last.toMs + last.offsetMs) / dayMs) - 1
  for (let day = firstDay; day <= lastDay; day++) {
    if (!isDueOn(schedule, new Date(day * dayMs))) continue
    const wallMs = day * dayMs + (hours * 60 + minutes) * 60_000
    const span = spans.find((each) => wallMs < each.toMs + each.offsetMs)!
    moments.push(Math.max(wallMs - span.offsetMs, span.fromMs))
  }
  return moments.filter((ms) => ms >= fromMs && ms <= toMs)
}

function isDueOn(schedule: ReportSchedule, wallDay: Date): boolean {
  switch (schedule.every) {
    case 'day':
      return true
    case 'week':
      return (wallDay.getUTCDay() || 7) === schedule.weekday
    case 'month':
      return wallDay.getUTCDate() === schedule.day
  }
}
