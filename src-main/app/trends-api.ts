import type { TrendColumns, TrendInput, TrendSeries, TrendStretch, Trends } from '../contract/trends'
import type { BucketSize } from '../contract/usage'
import type { QueryWindow, ResponseTimeGroup, TrendPart } from '../core/ports'
import { bucketStarts } from '../core/usage/bucket-starts'
import { missingOf, type TimeStretch } from '../core/usage/known-time'
import { resolveWindow } from '../core/usage/resolve-window'
import { findTrendAnomalies } from '../core/usage/trend-anomalies'
import { rhythmBuckets, trendBuckets } from '../core/usage/trend-buckets'
import { forecastTrends, planForecast } from '../core/usage/trend-forecast'
import { weekSums } from '../core/usage/week-sums'
import type { AppApi } from '../rpc/app-api'
import type { Workspaces } from './workspaces'

const dayMs = 86_400_000
/** As many as there are hues. */
const mostSeries = 8
const mostTools = 100
/** A window that ends within this before now is one of the present. */
const presentMs = 60_000
/** What is kept begins with a whole hour. */
const retentionStepMs = 2 * 3_600_000

/** Usage over time: the window that the scope means now, in steps, each answer from one snapshot of the replica. */
export function createTrendsApi(
  workspaces: Workspaces,
  { timeZone, retentionDays, now }: { timeZone(): string; retentionDays(): number; now(): number },
): AppApi['trends'] {
  function resolve({ bucket: asked, by, ...scope }: TrendInput) {
    const workspace = workspaces.open()
    const asOf = workspace.replica.asOf()
    const resolved = resolveWindow(scope, {
      nowMs: now(),
      asOfMs: asOf === null ? null : Date.parse(asOf),
      timeZone: timeZone(),
    })
    const bucket = asked ?? resolved.bucket
    const starts = trendBuckets(resolved.window, bucket, resolved.timeZone)
    const formerStarts = bucketStarts(resolved.previous, bucket, resolved.timeZone)
    return { ...resolved, ...workspace, bucket, starts, formerStarts, by }
  }
  type Resolved = ReturnType<typeof resolve>

  /** What the copy has, and the time before the source's first row, where that is no matter of how long rows are kept. */
  function knownTime({ replica, sync }: Resolved) {
    const had = replica
      .coverage()
      .map(({ fromUs, toUs }): TimeStretch => ({ fromMs: fromUs / 1000, toMs: toUs / 1000 }))
    const target = sync.state().syncTarget
    const targetMs = target === null ? -Infinity : Date.parse(target)
    const isBeginOfSource = targetMs > now() - retentionDays() * dayMs + retentionStepMs
    // What is usual is learnt from the time that the source has lived through, not from the nothing before it.
    const lived = had.flatMap(({ fromMs, toMs }) =>
      toMs > targetMs ? [{ fromMs: Math.max(fromMs, targetMs), toMs }] : [],
    )
    return { had, lived, known: isBeginOfSource ? [{ fromMs: -Infinity, toMs: targetMs }, ...had] : had }
  }

  return {
    async series(input, { signal }) {
      const asked = resolve(input)
      const { window, previous, bucket, starts, formerStarts, by, replica } = asked
      const nowMs = now()
      const zone = asked.timeZone
      const rhythm = rhythmBuckets(window, bucket, zone)
      const plan = window.toMs >= nowMs - presentMs ? planForecast(nowMs, bucket, zone) : null
      const parts: TrendPart[] = [
        { window, bucketStarts: starts, by },
        { window: previous, bucketStarts: formerStarts },
        ...(rhythm ? [rhythm] : []),
        ...(plan
          ? [within(window, plan.dayStarts), within(window, plan.hourStarts), within(window, [plan.starts[0]!])]
          : []),
      ]
      const { parts: answers, asOf } = await replica.trends(parts, signal)
      const [current, former] = answers
      const [days, hours, soFar] = plan ? answers.slice(-3).map(({ all }) => all) : []
      const { had, lived, known } = knownTime(asked)
      const untilMs = Math.min(window.toMs, asOf === null ? -Infinity : Date.parse(asOf))
      return {
        ...describe(asked, asOf),
        all: current!.all,
        previous: {
          ...toStretch(previous),
          columns: former!.all,
          isWhole: missingOf(previous, had).length === 0,
        },
        series: largestOf(current!.groups),
        missing: missingOf({ fromMs: window.fromMs, toMs: untilMs }, known).map(toStretch),
        anomalies: rhythm
          ? findTrendAnomalies(
              answers[2]!.all,
              {
                startsMs: rhythm.bucketStarts,
                shown: starts.length,
                fromMs: window.fromMs,
                toMs: untilMs,
                bucket,
                timeZone: zone,
              },
              lived,
            )
          : [],
        forecast:
          plan && days && hours && soFar
            ? {
                starts: plan.starts.map(iso),
                ...forecastTrends(
                  plan,
                  { days, hours, soFar },
                  { firstKnownDay: firstKnownDay(plan.dayStarts, known), timeZone: zone },
                ),
              }
            : null,
      } satisfies Trends
    },

    async responseTimes(input, { signal }) {
      const asked = resolve(input)
      const { window, previous, starts, formerStarts, by, replica } = asked
      const [current, former] = await Promise.all([
        replica.responseTimes({ window, by, bucketStarts: starts }, signal),
        replica.responseTimes({ window: previous, bucketStarts: formerStarts }, signal),
      ])
      return {
        ...describe(asked, current.asOf),
        all: toColumns(current.all),
        previous: toColumns(former.all),
        series: current.groups.slice(0, mostSeries).map((group) => ({ key: group.key, columns: toColumns(group) })),
      }
    },

    async patterns(input, { signal }) {
      const asked = resolve(input)
      const { window, starts, replica } = asked
      const hourStarts = bucketStarts(window, 'hour', asked.timeZone)
      const [{ parts }, outcomes] = await Promise.all([
        replica.trends([{ window, bucketStarts: hourStarts }], signal),
        replica.outcomes({ window, bucketStarts: starts }, signal),
      ])
      const { asOf, tools, ...rest } = outcomes
      return {
        ...describe(asked, asOf),
        ...rest,
        tools: tools.slice(0, mostTools),
        week: weekSums(parts[0]!.all, hourStarts, asked.timeZone),
      }
    },
  }
}

/** The whole of these buckets, up to the end of the window and of the same requests. */
function within(window: QueryWindow, bucketStarts: number[]): TrendPart {
  return { window: { ...window, fromMs: bucketStarts[0]! }, bucketStarts }
}

function describe(
  { window, bucket, starts }: { window: QueryWindow; bucket: BucketSize; starts: number[] },
  asOf: string | null,
) {
  return { ...toStretch(window), asOf, bucket, starts: starts.map(iso) }
}

/** Place of the first day from which on every whole day is known. */
function firstKnownDay(dayStarts: number[], known: readonly TimeStretch[]): number {
  const today = dayStarts.at(-1)!
  const lastMissing = missingOf({ fromMs: dayStarts[0]!, toMs: today }, known).at(-1)
  return lastMissing ? dayStarts.findIndex((start) => start >= lastMissing.toMs) : 0
}

function largestOf(groups: { key: string | null; columns: TrendColumns }[]): TrendSeries[] {
  const kept = groups.length <= mostSeries ? groups : groups.slice(0, mostSeries - 1)
  const others = groups.slice(kept.length).map(({ columns }) => columns)
  const series = kept.map(({ key, columns }) => ({ key, isOthers: false, columns }))
  return others.length === 0 ? series : [...series, { key: null, isOthers: true, columns: addUp(others) }]
}

function addUp(all: TrendColumns[]): TrendColumns {
  const names = Object.keys(all[0]!) as (keyof TrendColumns)[]
  const added = names.map((name) => [
    name,
    all[0]![name].map((_, index) => all.reduce((sum, columns) => sum + columns[name][index]!, 0)),
  ])
  return Object.fromEntries(added) as TrendColumns
}

function toColumns({ buckets }: ResponseTimeGroup) {
  return {
    requests: buckets.map(({ requests }) => requests),
    p50Ms: buckets.map(({ p50Ms }) => p50Ms),
    p95Ms: buckets.map(({ p95Ms }) => p95Ms),
    p99Ms: buckets.map(({ p99Ms }) => p99Ms),
  }
}

function toStretch({ fromMs, toMs }: TimeStretch): TrendStretch {
  return { from: iso(fromMs), to: iso(toMs) }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
