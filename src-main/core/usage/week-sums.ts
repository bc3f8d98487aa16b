import type { TrendColumns, TrendPatterns } from '../../contract/trends'
import { offsetSpans } from './zone-offsets'

const hourMs = 3_600_000
const weekHours = 168
/** 1970-01-01 was a Thursday: hour 0 of the epoch is this one of a week from Monday. */
const firstHour = 72

/** Sums of hours by the hour of the week that they are on the zone's clock, from Monday at midnight. */
export function weekSums(hours: TrendColumns, startsMs: readonly number[], timeZone: string): TrendPatterns['week'] {
  const zeros = () => Array.from({ length: weekHours }, () => 0)
  const week = { requests: zeros(), tokens: zeros(), costUsd: zeros(), errors: zeros() }
  if (startsMs.length === 0) return week
  const spans = offsetSpans(timeZone, startsMs[0]!, startsMs.at(-1)! + 1)
  let span = 0
  for (const [index, startMs] of startsMs.entries()) {
    while (spans[span]!.toMs <= startMs && span < spans.length - 1) span++
    const place = (Math.floor((startMs + spans[span]!.offsetMs) / hourMs) + firstHour) % weekHours
    week.requests[place]! += hours.requests[index]!
    week.tokens[place]! += hours.inputTokens[index]! + hours.outputTokens[index]!
    week.costUsd[place]! += hours.costUsd[index]!
    week.errors[place]! += hours.errors[index]!
  }
  return week
}
