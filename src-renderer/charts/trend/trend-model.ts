import type { TrendAnomaly, TrendForecast, TrendStretch } from '../../../src-main/contract/trends'
import type { BucketSize } from '../../../src-main/contract/usage'
import { duration } from '../../format/duration'
import { compactUsd, exactUsd, usd } from '../../format/money'
import { compactNumber, exactNumber, percent } from '../../format/number'

/** The time that charts side by side share. */
export interface TrendTime {
  from: string
  to: string
  bucket: BucketSize
  /** Starts of the buckets, ISO UTC. */
  starts: string[]
  /** Stretches that the local copy does not have. */
  missing: TrendStretch[]
  timeZone: string
}

export type TrendUnit = 'count' | 'tokens' | 'usd' | 'ms' | 'share'

/** One series of a chart. A value is null where nothing can be told. */
export interface TrendLayer {
  id: string
  label: string
  /** Token of its colour. */
  token: string
  values: (number | null)[]
  /** Dashes of a line, so that it is known without its colour. */
  dash?: number[]
  /** What its requests have in common beside that of the chart; none where the list cannot ask for it. */
  filter?: Record<string, string>
}

export interface TrendChartData {
  /** Names the file, the chart and its table. */
  title: string
  unit: TrendUnit
  kind: 'bars' | 'lines'
  layers: TrendLayer[]
  /** What all of its requests have in common, for the list. */
  filter?: Record<string, string>
  /** The time before, bucket by bucket. */
  former?: (number | null)[]
  forecast?: { starts: string[]; made: TrendForecast }
  anomalies: TrendAnomaly[]
}

interface UnitFormat {
  axis(value: number): string
  short(value: number): string
  exact(value: number): string
}

export const unitFormats: Record<TrendUnit, UnitFormat> = {
  count: { axis: compactNumber, short: exactNumber, exact: exactNumber },
  tokens: { axis: compactNumber, short: compactNumber, exact: exactNumber },
  usd: { axis: compactUsd, short: usd, exact: exactUsd },
  ms: { axis: duration, short: duration, exact: (value) => `${exactNumber(value)} ms` },
  share: { axis: (value) => percent(value), short: percent, exact: (value) => `${(value * 100).toFixed(2)}%` },
}

/** Places from `from` on that lie wholly in a stretch that is missing, and those that do so in part. */
export function missingPlaces({ starts, to, missing }: TrendTime): Map<number, 'whole' | 'part'> {
  const places = new Map<number, 'whole' | 'part'>()
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? to
    const hit = missing.find((stretch) => stretch.from < end && stretch.to > start)
    if (hit) places.set(index, hit.from <= start && hit.to >= end ? 'whole' : 'part')
  }
  return places
}

/** The stretch from one bucket to another, both included, cut to the window. */
export function rangeOf({ starts, from, to }: TrendTime, first: number, last = first): TrendStretch | null {
  const [low, high] = [Math.min(first, last), Math.max(first, last)]
  const start = starts[low]
  if (start === undefined || starts[high] === undefined) return null
  return { from: start > from ? start : from, to: starts[high + 1] ?? to }
}

/** Buckets that the window cuts off at either end: their figures are of less time than those of the others. */
export function cutPlaces({ starts, from, to, bucket }: TrendTime): Set<number> {
  const cut = new Set<number>()
  if (starts[0] !== undefined && starts[0] < from) cut.add(0)
  const last = starts.length - 1
  const lengthMs = bucketMs[bucket]
  if (last >= 0 && Date.parse(starts[last]!) + lengthMs > Date.parse(to) + 1) cut.add(last)
  return cut
}

const hourMs = 3_600_000
/** The shortest that a bucket can be. */
const bucketMs: Record<BucketSize, number> = {
  minute: hourMs / 60,
  '5-minutes': hourMs / 12,
  '15-minutes': hourMs / 4,
  hour: hourMs,
  '6-hours': 6 * hourMs,
  day: 23 * hourMs,
  week: 7 * 24 * hourMs - hourMs,
  month: 28 * 24 * hourMs - hourMs,
}

/** Sum of the layers that are shown, as the height of a stack; null where none has a value. */
export function stackTotal(layers: TrendLayer[], index: number): number | null {
  const values = layers.flatMap(({ values }) =>
    values[index] === null || values[index] === undefined ? [] : values[index],
  )
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}
