import type { BucketSize, Timeline } from '../../src-main/contract/usage'
import { hueCount } from './hue-book'
import { metricOf, seriesValues, type Metric } from './metric'

/** Half-open range of one bucket in ISO UTC. */
export interface BucketRange {
  from: string
  to: string
}

/** One layer of the bars. `name` undefined is all there is, null the rows without a name. */
export interface Layer {
  name: string | null | undefined
  isOthers: boolean
  values: number[]
}

/** The range behind a bar: up to the next bar, cut to the window. */
export function bucketRange(timeline: Timeline, index: number): BucketRange | null {
  const point = timeline.points[index]
  if (!point) return null
  const start = point.start > timeline.from ? point.start : timeline.from
  return { from: start, to: timeline.points[index + 1]?.start ?? timeline.to }
}

/**
 * The bars' layers. Unstacked there is one. Stacked, the largest seven and the others in one; largest first, so that
 * it lies at the bottom where heights compare best.
 */
export function layers(timeline: Timeline, metric: Metric): Layer[] {
  if (!timeline.series) {
    return [{ name: undefined, isOthers: false, values: timeline.points.map((point) => metricOf(point, metric)) }]
  }
  const ranked = timeline.series
    .map((series) => ({ name: series.name, isOthers: false, values: seriesValues(series, metric) }))
    .map((layer) => ({ layer, total: sum(layer.values) }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total)
    .map(({ layer }) => layer)
  if (ranked.length <= hueCount) return ranked
  const rest = ranked.slice(hueCount - 1)
  const values = timeline.points.map((_, index) => sum(rest.map((layer) => layer.values[index] ?? 0)))
  return [...ranked.slice(0, hueCount - 1), { name: undefined, isOthers: true, values }]
}

/** Bars that the copy has nothing or not all of, as runs of indices; they are hatched instead of passing for silence. */
export function missingRuns(timeline: Timeline): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = []
  for (const index of timeline.points.keys()) {
    if (!isMissing(timeline, index)) continue
    const last = runs.at(-1)
    if (last?.last === index - 1) last.last = index
    else runs.push({ first: index, last: index })
  }
  return runs
}

/** Whether part of that bar's time is not in the copy. */
export function isMissing(timeline: Timeline, index: number): boolean {
  const range = bucketRange(timeline, index)
  if (!range) return false
  const [fromMs, toMs] = [Date.parse(range.from), Date.parse(range.to)]
  return (timeline.missing ?? []).some(({ from, to }) => Date.parse(from) < toMs && Date.parse(to) > fromMs)
}

/** True when the last bar still grows: its window reaches to now and its bucket is not over. */
export function isLastBucketOpen(timeline: Timeline, nowMs: number): boolean {
  const first = timeline.points.at(-2)
  const last = timeline.points.at(-1)
  if (!first || !last) return false
  const lengthMs = Date.parse(last.start) - Date.parse(first.start)
  return Date.parse(last.start) + lengthMs > nowMs
}

interface LocalTime {
  hour: number
  minute: number
  day: number
  weekday: string
}

/** Which bars bear a label: round times of the chosen zone, few enough to stand beside each other. */
export function isLabelled(start: string, bucket: BucketSize, count: number, timeZone: string): boolean {
  const { hour, minute, day, weekday } = localTime(start, timeZone)
  switch (bucket) {
    case 'minute':
      return minute % (count > 90 ? 30 : 10) === 0
    case '5-minutes':
      return minute % (count > 36 ? 30 : 15) === 0
    case '15-minutes':
      return minute === 0 && (count <= 48 || hour % 3 === 0)
    case 'hour':
      return count <= 48 ? hour % 3 === 0 : count <= 96 ? hour % 12 === 0 : hour === 0
    case '6-hours':
      return hour < 6 && (count <= 60 || weekday === 'Mon')
    case 'day':
      return count <= 16 || (count <= 45 ? weekday === 'Mon' || weekday === 'Thu' : day === 1 || day === 15)
    case 'week':
    case 'month':
      return true
  }
}

function localTime(start: string, timeZone: string): LocalTime {
  const format = (zoneFormats[timeZone] ??= new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  }))
  const parts = Object.fromEntries(format.formatToParts(new Date(start)).map((part) => [part.type, part.value]))
  return {
    hour: Number(parts.hour),
    minute: Number(parts.minute),
    day: Number(parts.day),
    weekday: parts.weekday ?? '',
  }
}

const zoneFormats: Record<string, Intl.DateTimeFormat> = {}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
