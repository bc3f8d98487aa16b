import { asFailure } from '../core/failure'
import { newestGap } from './coverage'
import { loadRange } from './load-range'
import { refreshCounts, retentionFloorUs, type SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import { dayUs, floorToHourUs, hourUs } from './time-units'

/** Rows that a slice aims at, and how long it may take: a stop in the middle loses little. */
const sliceRows = 700_000
const sliceMs = 8000
const firstSpanUs = dayUs
/** A source that gives fewer rows than this for so long is busy, and gets as much rest as it worked. */
const slowMs = 2000
const slowRowsAMs = 20
const longestRestMs = 30_000
const mostGrowth = 8
const checkpointRows = 500_000
/** The source's oldest row is looked up again after this. */
const restMs = 3_600_000

/** Fills in what lies behind the newest day, backwards, until the retention limit or the source's oldest row. */
export function createBackfill(context: SyncContext, hooks: { onDone(): void }) {
  const { source, replica, log, status, signal } = context
  let spanUs = firstSpanUs
  let failures = 0
  let targetUs: number | null = null
  let unwrittenRows = 0

  async function step(): Promise<number> {
    try {
      const pauseMs = await fill()
      failures = 0
      status.succeed('backfill')
      return pauseMs
    } catch (error) {
      if (signal.aborted) return Infinity
      const failure = asFailure(error)
      if (failures++ === 0) log.warn('Older rows cannot be read just now', { code: failure.code, cause: failure.cause })
      status.fail('backfill', failure.toShape())
      spanUs = Math.max(hourUs, spanUs / 4)
      return backOffMs(failures, failure.retryAfterSeconds)
    }
  }

  async function fill(): Promise<number> {
    const asOfUs = replica.asOfUs()
    if (asOfUs === null) return Infinity
    targetUs ??= await findTarget(asOfUs)
    const gap = newestGap(replica.coverage(), { fromUs: targetUs, toUs: asOfUs })
    if (gap === null) {
      await finish(asOfUs)
      return restMs
    }
    status.set({ phase: 'backfill', targetUs })
    const fromUs = Math.max(gap.fromUs, floorToHourUs(gap.toUs - spanUs))
    const startedMs = performance.now()
    const onStored = (rows: number): void => {
      status.addQuietRows(rows)
      unwrittenRows += rows
    }
    const { rows, elapsedMs } = await replica.whileLoading(async () => {
      const rows = await loadRange(context, { fromUs, toUs: gap.toUs }, { signal, onStored })
      const elapsedMs = performance.now() - startedMs
      if (unwrittenRows >= checkpointRows) await checkpoint()
      return { rows, elapsedMs }
    })
    adapt(gap.toUs - fromUs, rows, elapsedMs)
    await refreshCounts(context)
    return elapsedMs > slowMs && rows / elapsedMs < slowRowsAMs ? Math.min(elapsedMs, longestRestMs) : 0
  }

  async function findTarget(asOfUs: number): Promise<number> {
    const { oldestMs, clockMs } = await source.inspect(signal)
    const floorUs = retentionFloorUs(clockMs * 1000, context.retentionDays)
    // No oldest row is told of an empty table and of one without an index: then all of the retention is read.
    return Math.max(floorUs, oldestMs === null ? floorUs : Math.min(floorToHourUs(oldestMs * 1000), asOfUs))
  }

  /** The next span, from how dense and how quick this one was. */
  function adapt(readUs: number, rows: number, elapsedMs: number): void {
    const growth = Math.min(sliceRows / Math.max(rows, 1), sliceMs / Math.max(elapsedMs, 1), mostGrowth)
    spanUs = Math.max(hourUs, readUs * growth)
  }

  async function finish(asOfUs: number): Promise<void> {
    await coverEmptyPast(asOfUs)
    status.set({ phase: 'following', ...(targetUs !== null && { targetUs }) })
    if (unwrittenRows > 0) await checkpoint()
    targetUs = null
    hooks.onDone()
  }

  /** Before the source's oldest row there is nothing: that much is known, too. */
  async function coverEmptyPast(asOfUs: number): Promise<void> {
    const fromUs = retentionFloorUs(asOfUs, context.retentionDays)
    if (targetUs === null || newestGap(replica.coverage(), { fromUs, toUs: targetUs }) === null) return
    await replica.storeRange({ range: { fromUs, toUs: targetUs }, spans: [] })
  }

  async function checkpoint(): Promise<void> {
    unwrittenRows = 0
    await replica.checkpoint()
  }

  return {
    step,
    /** The source may reach back to another row than it did. */
    restart(): void {
      targetUs = null
    },
  }
}
