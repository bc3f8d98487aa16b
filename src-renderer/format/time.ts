import type { BucketSize } from '../../src-main/contract/usage'

type Instant = string | number | Date

const formats = new Map<string, Intl.DateTimeFormat>()

function format(instant: Instant, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${timeZone} ${JSON.stringify(options)}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' })
    formats.set(key, found)
  }
  return found.format(new Date(instant))
}

/** `14:02`. */
export function clockTime(instant: Instant, timeZone: string): string {
  return format(instant, timeZone, { hour: '2-digit', minute: '2-digit' })
}

/** `14:02:07`. */
export function clockTimeExact(instant: Instant, timeZone: string): string {
  return format(instant, timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** `3 Mar`. */
export function shortDate(instant: Instant, timeZone: string): string {
  return format(instant, timeZone, { day: 'numeric', month: 'short' })
}

/** `3 March 2026`. */
export function longDate(instant: Instant, timeZone: string): string {
  return format(instant, timeZone, { day: 'numeric', month: 'long', year: 'numeric' })
}

/** The whole moment with its zone, for a tooltip: `Tue, 3 March 2026, 14:02:07 CET`. */
export function exactTime(instant: Instant, timeZone: string): string {
  const day = format(instant, timeZone, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' })
  return `${day}, ${format(instant, timeZone, { timeStyle: 'medium' })} ${zoneName(instant, timeZone)}`
}

/** `14:02` today, `3 Mar 14:02` this year, `3 Mar 2025` before; for a list of rows. */
export function rowTime(instant: Instant, timeZone: string, nowMs: number): string {
  const day = format(instant, timeZone, { dateStyle: 'short' })
  if (day === format(nowMs, timeZone, { dateStyle: 'short' })) return clockTimeExact(instant, timeZone)
  const year = format(instant, timeZone, { year: 'numeric' })
  if (year === format(nowMs, timeZone, { year: 'numeric' })) {
    return `${shortDate(instant, timeZone)} ${clockTime(instant, timeZone)}`
  }
  return `${shortDate(instant, timeZone)} ${year}`
}

/** A bucket's label on an axis: the time within a day, the date for days and more. */
export function bucketLabel(start: Instant, bucket: BucketSize, timeZone: string): string {
  switch (bucket) {
    case 'minute':
    case '5-minutes':
    case '15-minutes':
    case 'hour':
      return clockTime(start, timeZone)
    case '6-hours':
      return `${shortDate(start, timeZone)} ${clockTime(start, timeZone)}`
    case 'day':
    case 'week':
      return shortDate(start, timeZone)
    case 'month':
      return format(start, timeZone, { month: 'short', year: 'numeric' })
  }
}

/** From and to of a half-open range in words: `Tue 3 Mar, 14:00 – 15:00`, whole days without times. */
export function rangeLabel(from: Instant, to: Instant, timeZone: string): string {
  const day = (instant: Instant) => format(instant, timeZone, { weekday: 'short', day: 'numeric', month: 'short' })
  const isMidnight = (instant: Instant) => clockTimeExact(instant, timeZone) === '00:00:00'
  if (isMidnight(from) && isMidnight(to)) {
    const last = new Date(to).getTime() - 1
    return day(from) === day(last) ? day(from) : `${day(from)} – ${day(last)}`
  }
  const end = day(from) === day(to) ? clockTime(to, timeZone) : `${day(to)}, ${clockTime(to, timeZone)}`
  return `${day(from)}, ${clockTime(from, timeZone)} – ${end}`
}

/** Short name of the zone at that moment: `CET`, `GMT+5:30`. */
export function zoneName(instant: Instant, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' }).formatToParts(new Date(instant))
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone
}
