import type { QuietHours } from '../../contract/notifications'

/**
 * Whether the clock on the wall of `timeZone` stands within the quiet hours: `from` inclusive, `to` exclusive. By the
 * clock and not by elapsed time, so that a night with a clock change begins and ends when the clock says so.
 */
export function isQuiet(hours: QuietHours | null, nowMs: number, timeZone: string): boolean {
  if (hours === null) return false
  const now = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(nowMs)
  const { from, to } = hours
  return from < to ? from <= now && now < to : now >= from || now < to
}
