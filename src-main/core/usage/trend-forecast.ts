import type { TrendColumns, TrendForecast } from '../../contract/trends'
import type { BucketSize } from '../../contract/usage'
import { bucketStarts } from './bucket-starts'
import { forecastSums, type Stretch } from './forecast'
import { trendFigures } from './trend-anomalies'
import { offsetSpans } from './zone-offsets'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** How far ahead each bucket is forecast, and how much of the past is looked at. */
const aheadDays: Partial<Record<BucketSize, number>> = { day: 14, week: 35, month: 62 }
const historyDays = 180
const profileDays = 28

export interface ForecastPlan {
  /** Whole days before today, and today. */
  dayStarts: number[]
  /** Hours of the last weeks, for how a day is spread. */
  hourStarts: number[]
  /** Buckets ahead, the first being the one under way. */
  starts: number[]
  /** Days ahead of each bucket, day 0 being what is left of today. */
  stretches: Stretch[]
  nowMs: number
}

/** What is needed to forecast the buckets from the one under way; null for buckets shorter than a day. */
export function planForecast(nowMs: number, bucket: BucketSize, timeZone: string): ForecastPlan | null {
  const ahead = aheadDays[bucket]
  if (ahead === undefined) return null
  const dayStarts = bucketStarts({ fromMs: nowMs - historyDays * dayMs, toMs: nowMs + 1 }, 'day', timeZone)
  const today = dayStarts.at(-1)!
  const daysAhead = bucketStarts({ fromMs: today, toMs: nowMs + (ahead + 31) * dayMs }, 'day', timeZone)
  const starts = bucketStarts({ fromMs: nowMs, toMs: nowMs + ahead * dayMs }, bucket, timeZone)
  const ends = bucketStarts({ fromMs: nowMs, toMs: nowMs + (ahead + 31) * dayMs }, bucket, timeZone).slice(1)
  const placeOf = (ms: number): number => daysAhead.findIndex((start) => start >= ms)
  return {
    dayStarts,
    hourStarts: bucketStarts({ fromMs: today - profileDays * dayMs, toMs: today }, 'hour', timeZone),
    starts,
    stretches: starts.map((start, index) => ({ from: index === 0 ? 0 : placeOf(start), to: placeOf(ends[index]!) })),
    nowMs,
  }
}

type Forecasts = Record<'requests' | 'tokens' | 'costUsd', TrendForecast | { reason: string }>

/**
 * Forecasts each figure. `days` are the sums of the plan's days, today's so far included; `firstKnownDay` is the place
 * of the first from which on all are known. `soFar` are the sums of the bucket under way.
 */
export function forecastTrends(
  plan: ForecastPlan,
  sums: { days: TrendColumns; hours: TrendColumns; soFar: TrendColumns },
  { firstKnownDay, timeZone }: { firstKnownDay: number; timeZone: string },
): Forecasts {
  const { dayStarts, stretches, nowMs } = plan
  const elapsedMs = nowMs - dayStarts.at(-1)!
  const forecast = (figure: keyof Forecasts) => {
    const { of } = trendFigures[figure]
    const whole = of(sums.days).slice(firstKnownDay, -1)
    const firstDayShare = shareLeft(plan.hourStarts, of(sums.hours), elapsedMs, timeZone)
    const made = forecastSums(whole, stretches, { firstDayShare })
    if ('reason' in made) return made
    const soFar = of(sums.soFar).at(-1)!
    const { bands, method, error } = made
    const shifted = bands.map((band, index) => {
      const known = index === 0 ? soFar : 0
      return { ...band, value: known + band.value, low: known + band.low, high: known + band.high }
    })
    return { bands: shifted, method, error }
  }
  return { requests: forecast('requests'), tokens: forecast('tokens'), costUsd: forecast('costUsd') }
}

/** The part of a day's use that usually comes after so much of the day; by the clock where nothing was used. */
function shareLeft(hourStarts: readonly number[], values: readonly number[], elapsedMs: number, timeZone: string) {
  const byClock = Math.max(0, 1 - elapsedMs / dayMs)
  if (hourStarts.length === 0) return byClock
  const spans = offsetSpans(timeZone, hourStarts[0]!, hourStarts.at(-1)! + 1)
  let total = 0
  let after = 0
  for (const [index, startMs] of hourStarts.entries()) {
    const { offsetMs } = spans.find((span) => startMs < span.toMs) ?? spans.at(-1)!
    const intoDayMs = (startMs + offsetMs) % dayMs
    total += values[index]!
    after += values[index]! * Math.min(Math.max((intoDayMs + hourMs - elapsedMs) / hourMs, 0), 1)
  }
  return total > 0 ? after / total : byClock
}
