import type { BucketSize } from '../../contract/usage'
import { offsetSpans } from './zone-offsets'

const dayMs = 86_400_000
/** 1970-01-01 was a Thursday. */
const firstWeekday = 3

/** A kind of moment: those of a kind are compared with each other. */
export interface RhythmSlot {
  key: number
  /** As `Tuesdays at 14:00`. */
  name: string
}

const weekdays = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays']

/**
 * For each bucket's start the kinds that it is of, by the zone's clock on the wall: the same time of the same weekday,
 * and for a series too young for that the same time of working days or of weekends.
 */
export function rhythmSlots(startsMs: readonly number[], bucket: BucketSize, timeZone: string): RhythmSlot[][] {
  if (startsMs.length === 0) return []
  const spans = offsetSpans(timeZone, startsMs[0]!, startsMs.at(-1)! + 1)
  let span = 0
  return startsMs.map((startMs) => {
    while (spans[span]!.toMs <= startMs && span < spans.length - 1) span++
    return slotsAt(startMs + spans[span]!.offsetMs, bucket)
  })
}

function slotsAt(wallMs: number, bucket: BucketSize): RhythmSlot[] {
  if (bucket === 'week' || bucket === 'month') return [{ key: 0, name: `${bucket}s` }]
  const weekday = (Math.floor(wallMs / dayMs) + firstWeekday) % 7
  const kind = weekday < 5 ? { key: 7, name: 'working days' } : { key: 8, name: 'weekend days' }
  const days = [{ key: weekday, name: weekdays[weekday]! }, kind]
  if (bucket === 'day') return days
  const minute = Math.floor((wallMs % dayMs) / 60_000)
  const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return days.map(({ key, name }) => ({ key: key * 1440 + minute, name: `${name} at ${time}` }))
}
