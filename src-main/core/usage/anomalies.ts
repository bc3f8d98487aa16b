import { median, robustSigma } from './robust-statistics'
import type { RhythmSlot } from './rhythm'

/** One point of a series in the order of time. */
export interface RhythmPoint {
  /** Null where it is not known: never taken for a 0. */
  value: number | null
  /** What it is like, the closest first. */
  slots: readonly RhythmSlot[]
  /** Still under way: it can be too high already, but not too low yet. */
  isPartial?: boolean
}

export interface Anomaly {
  /** Place of the point. */
  index: number
  direction: 'above' | 'below'
  value: number
  /** What was to be expected, and the least and most of the earlier points of its kind. */
  expected: number
  usualLow: number
  usualHigh: number
  /** How many those are. */
  samples: number
  /** How many times the usual spread it is off, measured on square roots; infinite where there was no spread at all. */
  sigmas: number
  /** Why it stands out, as a sentence. */
  reason: string
}

export interface AnomalyOptions {
  /** From this place on points are judged; those before are history alone. */
  judgeFrom?: number
  /** Figures of a smaller size are noise whatever the series does, as 5 requests; 0 unless said. */
  smallest?: number
  /** Whether the figure counts single things, which are never quite even: they come at least as chance has it. */
  isCount?: boolean
  /** Writes a figure with its unit. */
  format(value: number): string
}

const mostSigmas = 4.5
/** A point must be off by this share of what was expected as well: a very even series must not cry wolf. */
const leastShare = 0.5
/** Earlier points of a kind that are looked at, and how many there must be. */
const mostSamples = 8
const fewestSamples = 4
/** Points of the recent past that say at what level the series is now: a growing one is no row of anomalies. */
const levelPoints = 24
const levelRange = { least: 0.5, most: 2 }
/** Points that say how even the series is, and how many there must be before any is judged. */
const mostResiduals = 200
const fewestResiduals = 6
/** Where there is usually nothing, there must be this many earlier points, and a point must be this many times the largest of the recent ones. */
const fewestRecent = 24
const timesLargest = 1.5

/**
 * Points that are far from what their own series does at such a time, each judged by what came before it alone, so
 * that the verdict does not change with what comes after. Expected is the median of the last points of its kind at the
 * level of the recent past; the spread is the larger of that of its kind and that of the whole series around what was
 * expected of it. Both are taken of square roots, which makes a drop as far as a rise and suits counts. Points with too
 * little history are not judged.
 */
export function findAnomalies(points: readonly RhythmPoint[], options: AnomalyOptions): Anomaly[] {
  const { judgeFrom = 0 } = options
  const past = createPast()
  const found: Anomaly[] = []
  for (const [index, { value, slots, isPartial = false }] of points.entries()) {
    if (value === null) continue
    const usual = past.usualOf(slots)
    const anomaly = usual && index >= judgeFrom ? judge({ value, usual, past, isPartial }, options) : null
    if (anomaly) found.push({ index, ...anomaly })
    if (!isPartial) past.add(value, slots, usual)
  }
  return found
}

interface Usual {
  values: number[]
  expected: number
  /** Of its kind, as `Tuesdays at 14:00`. */
  name: string
}

/** What came before a point. */
function createPast() {
  const bySlot = new Map<number, number[]>()
  /** Values over what their kind had before, and how far their roots were off. */
  const ratios: number[] = []
  const residuals: number[] = []
  const recent: number[] = []

  function level(): number {
    if (ratios.length < fewestResiduals) return 1
    return Math.min(Math.max(median(ratios), levelRange.least), levelRange.most)
  }

  return {
    /** By the closest kind that has enough earlier points; null where none has. */
    usualOf(slots: readonly RhythmSlot[]): Usual | null {
      for (const { key, name } of slots) {
        const values = bySlot.get(key) ?? []
        if (values.length >= fewestSamples) return { values: [...values], expected: median(values) * level(), name }
      }
      return null
    },
    add(value: number, slots: readonly RhythmSlot[], usual: Usual | null): void {
      if (usual && usual.expected > 0) {
        keep(ratios, value / median(usual.values), levelPoints)
        keep(residuals, Math.sqrt(value / usual.expected) - 1, mostResiduals)
      }
      keep(recent, value, mostResiduals)
      for (const { key } of slots) {
        const values = bySlot.get(key) ?? []
        keep(values, value, mostSamples)
        bySlot.set(key, values)
      }
    },
    /** Spread of a root around the root of what is expected; null where the past is too short to say. */
    sigmaOfRoot(usual: Usual): number | null {
      if (usual.expected === 0) return recent.length < fewestRecent ? null : robustSigma(recent.map(Math.sqrt), 0)
      if (residuals.length < fewestResiduals) return null
      const ofSeries = robustSigma(residuals, 0) * Math.sqrt(usual.expected)
      return Math.max(robustSigma(usual.values.map(Math.sqrt)), ofSeries)
    },
    largest: (): number => Math.max(...recent),
  }
}

type Past = ReturnType<typeof createPast>

function keep(values: number[], value: number, most: number): void {
  values.push(value)
  if (values.length > most) values.shift()
}

/** A count that is even on average comes with this spread of its root: of a Poisson distribution. */
const sigmaOfCountRoot = 0.5

function judge(
  { value, usual, past, isPartial }: { value: number; usual: Usual; past: Past; isPartial: boolean },
  { smallest = 0, isCount = false, format }: AnomalyOptions,
): Omit<Anomaly, 'index'> | null {
  const { expected, values, name } = usual
  const isAbove = value > expected
  if (Math.max(value, expected) < smallest || Math.abs(value - expected) < leastShare * expected) return null
  if (value === expected || (!isAbove && isPartial)) return null
  if (expected === 0 && value < timesLargest * past.largest()) return null
  const spread = past.sigmaOfRoot(usual)
  if (spread === null) return null
  const sigma = Math.max(spread, isCount ? sigmaOfCountRoot : 0)
  const sigmas = Math.abs(Math.sqrt(value) - Math.sqrt(expected)) / sigma
  if (sigmas < mostSigmas) return null
  const usualLow = Math.min(...values)
  const usualHigh = Math.max(...values)
  const range = usualLow === usualHigh ? format(usualLow) : `${format(usualLow)} to ${format(usualHigh)}`
  return {
    direction: isAbove ? 'above' : 'below',
    value,
    expected,
    usualLow,
    usualHigh,
    samples: values.length,
    sigmas,
    reason: `${format(value)}, ${howFar(value, expected)}: the last ${values.length} ${name} had ${range}, and about ${format(expected)} was to be expected.`,
  }
}

function howFar(value: number, expected: number): string {
  if (expected === 0) return 'where there is usually none'
  if (value === 0) return 'where there is usually some'
  if (value < expected) return `${Math.round((1 - value / expected) * 100)}% below its usual`
  const times = value / expected
  return `${times.toFixed(times < 10 ? 1 : 0)} times its usual`
}
