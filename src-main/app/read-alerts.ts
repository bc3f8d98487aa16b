import { isPeak, type AlertRule } from '../contract/alerts'
import type { TrendColumns } from '../contract/trends'
import { slidingFigure, slidingPeak, type AlertReading } from '../core/alerts/alert-readings'
import { formatAlertFigure } from '../core/alerts/describe-alert'
import type { CancelSignal, PeaksAnswer, QueryWindow, Replica } from '../core/ports'
import { readQuery } from '../core/search/parse-query'
import { findAnomalies } from '../core/usage/anomalies'
import { bucketStarts } from '../core/usage/bucket-starts'
import { missingOf, type TimeStretch } from '../core/usage/known-time'
import { rhythmSlots } from '../core/usage/rhythm'

const minuteMs = 60_000
/** A window is looked at this often while it passes, and no more often than every five minutes. */
const looksPerWindow = 12
const shortestStepMs = 5 * minuteMs
/** How far an anomaly looks back for the rhythm of its series. */
const rhythmWindows = { 60: 28 * 24, 1440: 120 }
/** Figures smaller than these are noise whatever their series does. */
const smallest = {
  requests: 10,
  tokens: 10_000,
  costUsd: 0.5,
  errors: 10,
  errorShare: 0,
  cacheShare: 0,
  p95Ms: 0,
  repeatedCalls: 0,
  contextShare: 0,
}

/** What the looks need of the open workspace. */
export interface AlertSource {
  replica: Pick<Replica, 'trends' | 'responseTimes' | 'peaks'>
  /** Tokens that a model can read at once; null where that is not known. */
  contextWindowOf: (model: string) => number | null
  /** What the replica has. */
  known: readonly TimeStretch[]
  timeZone: string
}

/** How far apart the looks at a rule are when time that has passed is gone through. */
export function alertStepMs({ windowMinutes, condition, figure }: AlertRule): number {
  const windowMs = windowMinutes * minuteMs
  // Percentiles of parts are none of the whole, and a rhythm has whole buckets.
  if (figure === 'p95Ms' || condition.kind === 'anomaly') return windowMs
  return Math.min(windowMs, Math.max(shortestStepMs, windowMs / looksPerWindow))
}

/**
 * The rule's figure as it stood at `toMs`, and at every step before it back to `fromMs`, ascending. Time that the
 * replica does not have gives a reading that cannot tell. Throws `invalid-input` for a query that is not understood.
 */
export async function readAlerts(
  rule: AlertRule,
  span: { fromMs: number; toMs: number },
  source: AlertSource,
  signal?: CancelSignal,
): Promise<AlertReading[]> {
  const query = readQuery(rule.q) ?? undefined
  if (rule.condition.kind === 'anomaly') return readAnomalies(rule, span, query, source, signal)
  const stepMs = alertStepMs(rule)
  const windowMs = rule.windowMinutes * minuteMs
  const width = Math.round(windowMs / stepMs)
  const looks = Math.floor((span.toMs - span.fromMs) / stepMs) + 1
  // The first look needs its window and the one before it.
  const startMs = span.toMs - (looks - 1) * stepMs - 2 * windowMs
  const starts = Array.from({ length: looks - 1 + 2 * width }, (_, index) => startMs + index * stepMs)
  const window = { fromMs: startMs, toMs: span.toMs, query }
  const values = await readFigure(rule, { window, starts, width }, source, signal)
  return Array.from({ length: looks }, (_, look) => {
    const last = starts.length - looks + look
    const atMs = starts[last]! + stepMs
    const isKnown = (fromMs: number): boolean => missingOf({ fromMs, toMs: atMs }, source.known).length === 0
    return {
      atMs,
      value: isKnown(atMs - windowMs) ? values[last]! : null,
      former: isKnown(atMs - 2 * windowMs) ? values[last - width]! : null,
    }
  })
}

async function readFigure(
  { figure }: AlertRule,
  { window, starts, width }: { window: QueryWindow; starts: number[]; width: number },
  { replica, contextWindowOf }: AlertSource,
  signal?: CancelSignal,
): Promise<(number | null)[]> {
  if (isPeak(figure)) {
    const { repeatedCalls, prompts } = await replica.peaks({ window, bucketStarts: starts }, signal)
    const values =
      figure === 'repeatedCalls' ? repeatedCalls : prompts.map((largest) => largestShare(largest, contextWindowOf))
    return slidingPeak(values, width)
  }
  if (figure === 'p95Ms') {
    const { all } = await replica.responseTimes({ window, bucketStarts: starts }, signal)
    return all.buckets.map(({ p95Ms }) => p95Ms)
  }
  const { parts } = await replica.trends([{ window, bucketStarts: starts }], signal)
  return slidingFigure(figure, parts[0]!.all as TrendColumns, width)
}

function largestShare(
  prompts: PeaksAnswer['prompts'][number],
  contextWindowOf: AlertSource['contextWindowOf'],
): number | null {
  // Without a request no window was filled.
  if (prompts.length === 0) return 0
  const shares = prompts.flatMap(({ model, tokens }) => {
    const window = model === null ? null : contextWindowOf(model)
    return window === null ? [] : [tokens / window]
  })
  return shares.length === 0 ? null : Math.max(...shares)
}

/** What a rule could not see in a time, as a sentence; null where it saw everything that there is. */
export async function findUnseen(
  rule: AlertRule,
  span: { fromMs: number; toMs: number },
  { replica }: AlertSource,
  signal?: CancelSignal,
): Promise<string | null> {
  if (!isPeak(rule.figure)) return null
  const window = { ...span, query: readQuery(rule.q) ?? undefined }
  const { requests, callsUnread, promptsUnread } = await replica.peaks({ window, bucketStarts: [span.fromMs] }, signal)
  const isCalls = rule.figure === 'repeatedCalls'
  const unread = isCalls ? callsUnread : promptsUnread
  if (unread === 0) return null
  const what = isCalls ? 'were not read for the tools that they called' : 'have cache tokens that are not read yet'
  return `${unread.toLocaleString('en-US')} of ${requests.toLocaleString('en-US')} requests ${what}, and are not seen.`
}

/** Readings at the end of each whole hour or day, each judged by what came before it. */
async function readAnomalies(
  rule: AlertRule,
  span: { fromMs: number; toMs: number },
  query: QueryWindow['query'],
  source: AlertSource,
  signal?: CancelSignal,
): Promise<AlertReading[]> {
  const bucket = rule.windowMinutes === 60 ? 'hour' : 'day'
  const windowMs = rule.windowMinutes * minuteMs
  const historyMs = rhythmWindows[rule.windowMinutes === 60 ? 60 : 1440] * windowMs
  const all = bucketStarts({ fromMs: span.fromMs - historyMs - windowMs, toMs: span.toMs + 1 }, bucket, source.timeZone)
  // The last start is that of the bucket which is still going on.
  const [starts, endMs] = [all.slice(0, -1), all.at(-1)!]
  if (starts.length === 0) return []
  const window = { fromMs: starts[0]!, toMs: endMs, query }
  const values = await readFigure(rule, { window, starts, width: 1 }, source, signal)
  const slots = rhythmSlots(starts, bucket, source.timeZone)
  const endOf = (index: number): number => starts[index + 1] ?? endMs
  const known = values.map((value, index) => {
    const isKnown = missingOf({ fromMs: starts[index]!, toMs: endOf(index) }, source.known).length === 0
    return isKnown ? value : null
  })
  const first = Math.max(
    0,
    starts.findIndex((_, index) => endOf(index) >= span.fromMs),
  )
  const anomalies = findAnomalies(
    known.map((value, index) => ({ value, slots: slots[index]! })),
    {
      judgeFrom: first,
      smallest: smallest[rule.figure],
      isCount: rule.figure === 'requests' || rule.figure === 'errors',
      format: (value) => formatAlertFigure(rule.figure, value),
    },
  )
  const reasons = new Map(anomalies.map(({ index, reason }) => [index, reason]))
  return known.slice(first).map((value, offset) => {
    const index = first + offset
    const anomaly = value === null ? {} : { anomaly: reasons.get(index) ?? null }
    return { atMs: endOf(index), value, former: known[index - 1] ?? null, ...anomaly }
  })
}
