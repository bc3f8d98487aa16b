import { asFailure } from '../core/failure'
import type { HourSums } from '../core/ports'
import type { RowSpan, TimeRange } from './replica-store'
import { refreshCounts, type SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import { dayUs, floorToHourUs, hourUs } from './time-units'

/** The whole retention is compared again after this. */
const everyMs = 3_600_000
/** The source rests this many times as long as it worked. */
const restShare = 4
const shortestRestMs = 20

/**
 * Finds rows that came, went or changed behind the looks' overlap: compares count and token sums of each hour between
 * source and replica, a day at a time from the newest, and reads only the hours that differ.
 */
export function createReconcile(context: SyncContext, hooks: { isBackfilling(): boolean; onDone(): void }) {
  const { source, replica, log, signal } = context
  let failures = 0
  /** Everything from here on was compared in this round; null between rounds. */
  let comparedFromUs: number | null = null
  let round = 0

  async function step(): Promise<number> {
    try {
      const startedMs = performance.now()
      const isDone = await compareNextDay()
      failures = 0
      if (isDone) return everyMs
      return Math.max((performance.now() - startedMs) * restShare, shortestRestMs)
    } catch (error) {
      if (signal.aborted) return Infinity
      const failure = asFailure(error)
      if (failures++ === 0) log.warn('Older rows cannot be compared just now', { code: failure.code })
      return backOffMs(failures, failure.retryAfterSeconds)
    }
  }

  /** True when there is nothing left to compare. */
  async function compareNextDay(): Promise<boolean> {
    const asOfUs = replica.asOfUs()
    if (asOfUs === null || hooks.isBackfilling()) return true
    const ownRound = round
    // The hour under way is the looks' own, and the one before while rows may still be late.
    const toUs = comparedFromUs ?? floorToHourUs(asOfUs) - hourUs
    const whole = replica.coverage().find((range) => range.fromUs < toUs && toUs <= range.toUs)
    if (!whole) {
      comparedFromUs = null
      hooks.onDone()
      return true
    }
    const day: TimeRange = { fromUs: Math.max(toUs - dayUs, ceilToHourUs(whole.fromUs)), toUs }
    if (day.fromUs < day.toUs) {
      const [theirs, ours] = await Promise.all([source.readHourSums(day, signal), replica.hourSums(day)])
      for (const hour of differingHours(theirs, ours)) await readHour(hour)
    }
    // A round that began while this day was compared begins at its own beginning.
    if (ownRound === round) comparedFromUs = Math.min(day.fromUs, toUs - hourUs)
    return false
  }

  async function readHour(hour: number): Promise<void> {
    const range = { fromUs: hour * hourUs, toUs: (hour + 1) * hourUs }
    const spans: RowSpan[] = []
    for await (const batch of source.readRange(range, signal)) spans.push({ batch, from: 0, to: batch.length })
    const { added, changed, removedRows } = await replica.applyLook({
      windowFromUs: range.fromUs,
      windowToUs: range.toUs,
      asOfUs: replica.asOfUs()!,
      spans,
      missing: [],
    })
    context.status.addQuietRows(added.length + changed.length + removedRows)
    await refreshCounts(context)
  }

  return {
    step,
    /** Begins a new round with the next step. */
    restart(): void {
      round++
      comparedFromUs = null
    },
  }
}

/** Hours whose figures are not the same on both sides, newest first. */
function differingHours(theirs: HourSums[], ours: HourSums[]): number[] {
  const open = new Map(ours.map((hour) => [hour.hour, hour]))
  const differing: number[] = []
  for (const hour of theirs) {
    if (!isSame(hour, open.get(hour.hour))) differing.push(hour.hour)
    open.delete(hour.hour)
  }
  return [...differing, ...open.keys()].sort((a, b) => b - a)
}

function isSame(theirs: HourSums, ours: HourSums | undefined): boolean {
  return (
    ours?.requests === theirs.requests &&
    ours.inputTokens === theirs.inputTokens &&
    ours.outputTokens === theirs.outputTokens
  )
}

function ceilToHourUs(us: number): number {
  return Math.ceil(us / hourUs) * hourUs
}
