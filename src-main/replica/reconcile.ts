import type { ComparisonCost } from '../contract/source'
import { asFailure } from '../core/failure'
import type { HourSums } from '../core/ports'
import { isSameHour } from './hour-sums'
import type { RowSpan, TimeRange } from './replica-store'
import { refreshCounts, type SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import { dayUs, floorToHourUs, hourUs } from './time-units'

/** The whole retention is compared again after this. */
const everyMs = 3_600_000
/** The source rests this many times as long as it worked. */
const restShare = 4
const shortestRestMs = 20
const looksOwnUs = 120_000_000
const quickMs = 30
const slowMs = 500
const mostDays = 16
/** Neighbouring hours are read together up to this, so that a day that is all different is no 24 questions. */
const longestRunUs = 6 * hourUs

/**
 * Finds rows that came, went or changed behind the looks' overlap: compares what each hour comes to between source and
 * replica, some days at a time from the newest, and reads only the hours that differ.
 */
export function createReconcile(context: SyncContext, hooks: { isBackfilling(): boolean; onDone(): void }) {
  const { source, replica, log, signal } = context
  let failures = 0
  /** Everything from here on was compared in this round; null between rounds. */
  let comparedFromUs: number | null = null
  let round = 0
  let days = 1
  const cost: ComparisonCost = { hoursCompared: 0, hoursRead: 0, sourceMs: 0, finishedAt: null }
  /** In which state of the source an hour was last read again. */
  const readIn = new Map<number, string>()

  async function step(): Promise<number> {
    try {
      const before = cost.sourceMs
      const isDone = await compareNextDays()
      failures = 0
      if (isDone) return everyMs
      return Math.max((cost.sourceMs - before) * restShare, shortestRestMs)
    } catch (error) {
      if (signal.aborted) return Infinity
      const failure = asFailure(error)
      if (failures++ === 0) log.warn('Older rows cannot be compared just now', { code: failure.code })
      return backOffMs(failures, failure.retryAfterSeconds)
    }
  }

  /** True when there is nothing left to compare. */
  async function compareNextDays(): Promise<boolean> {
    const asOfUs = replica.asOfUs()
    if (asOfUs === null || hooks.isBackfilling()) return true
    const ownRound = round
    // The last minutes are the looks' own. A row that comes between both questions makes a difference that is none.
    const toUs = comparedFromUs ?? asOfUs - looksOwnUs
    const whole = replica.coverage().find((range) => range.fromUs < toUs && toUs <= range.toUs)
    if (!whole) {
      if (comparedFromUs !== null) cost.finishedAt = new Date().toISOString()
      comparedFromUs = null
      hooks.onDone()
      return true
    }
    const fromUs = Math.max(floorToHourUs(toUs) - days * dayUs, ceilToHourUs(whole.fromUs))
    const stretch: TimeRange = { fromUs, toUs }
    if (stretch.fromUs < stretch.toUs) {
      const before = cost.sourceMs
      const theirs = await measured(() => source.readHourSums(stretch, signal))
      adapt(cost.sourceMs - before)
      const differing = differingHours(theirs, await replica.hourSums(stretch))
      cost.hoursCompared += Math.ceil((stretch.toUs - stretch.fromUs) / hourUs)
      for (const run of runsOf(differing)) await readHours({ ...run, toUs: Math.min(run.toUs, toUs) })
    }
    // A round that began while this stretch was compared begins at its own beginning.
    if (ownRound === round) comparedFromUs = Math.min(stretch.fromUs, floorToHourUs(toUs - 1))
    return false
  }

  /** More days at once where they cost nothing, fewer where they are felt. */
  function adapt(elapsedMs: number): void {
    if (elapsedMs < quickMs) days = Math.min(days * 2, mostDays)
    else if (elapsedMs > slowMs) days = Math.max(1, Math.floor(days / 4))
  }

  /** Hours that are not the same on both sides, newest first. */
  function differingHours(theirs: HourSums[], ours: HourSums[]): number[] {
    const open = new Map(ours.map((sums) => [sums.hour, sums]))
    const differing = new Map<number, HourSums | null>()
    for (const sums of theirs) {
      if (!isSameHour(sums, open.get(sums.hour))) differing.set(sums.hour, sums)
      open.delete(sums.hour)
    }
    for (const hour of open.keys()) differing.set(hour, null)
    return [...differing.keys()]
      .filter((hour) => {
        // Read in this very state already: what differs lies in how the two sides sum up, and reading helps nothing.
        const state = JSON.stringify(differing.get(hour))
        const isNews = readIn.get(hour) !== state
        readIn.set(hour, state)
        return isNews
      })
      .sort((a, b) => b - a)
  }

  async function readHours(range: TimeRange): Promise<void> {
    const spans: RowSpan[] = []
    await measured(async () => {
      for await (const batch of source.readRange(range, signal)) spans.push({ batch, from: 0, to: batch.length })
    })
    cost.hoursRead += Math.ceil((range.toUs - range.fromUs) / hourUs)
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

  async function measured<T>(ask: () => Promise<T>): Promise<T> {
    const startedMs = performance.now()
    try {
      return await ask()
    } finally {
      cost.sourceMs += performance.now() - startedMs
    }
  }

  return {
    step,
    cost: (): ComparisonCost => ({ ...cost }),
    /** Begins a new round with the next step. */
    restart(): void {
      round++
      comparedFromUs = null
    },
  }
}

/** Hours, newest first, as ranges of neighbours. */
function runsOf(hours: number[]): TimeRange[] {
  const runs: TimeRange[] = []
  for (const hour of hours) {
    const last = runs.at(-1)
    const fromUs = hour * hourUs
    const isNext = last?.fromUs === fromUs + hourUs && last.toUs - fromUs <= longestRunUs
    if (last && isNext) last.fromUs = fromUs
    else runs.push({ fromUs, toUs: fromUs + hourUs })
  }
  return runs
}

function ceilToHourUs(us: number): number {
  return Math.ceil(us / hourUs) * hourUs
}
