import { asFailure } from '../core/failure'
import type { RowKey } from './replica-store'
import { refreshCounts, type SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import { dayUs } from './time-units'

const mostRowsACall = 500
const rowsPerSearch = 2000
/** A call quicker than this may ask for more, one slower than that for less. */
const quickMs = 300
const slowMs = 2000
const shortestPauseMs = 20
const backfillPauseMs = 500
const longestPauseMs = 30_000

/**
 * The second, gentler pass: what the answers say of cache, tier, stop, error and tools, newest first. It leaves the source
 * at least as much rest as it took work, and far more when the source is slow.
 */
export function createUsagePass(
  context: SyncContext,
  { isBackfilling, onDone }: { isBackfilling(): boolean; onDone(): void },
) {
  const { source, replica, log, signal } = context
  let queue: RowKey[] = []
  let rowsACall = mostRowsACall
  let failures = 0

  async function step(): Promise<number> {
    try {
      const elapsedMs = await readNext()
      failures = 0
      if (elapsedMs === null) {
        onDone()
        return Infinity
      }
      // Older rows that still come in go first: both write to one file.
      const isInTheWay = isBackfilling()
      const rest = elapsedMs * (isInTheWay || elapsedMs > slowMs ? 4 : 1)
      return Math.min(Math.max(rest, isInTheWay ? backfillPauseMs : shortestPauseMs), longestPauseMs)
    } catch (error) {
      if (signal.aborted) return Infinity
      const failure = asFailure(error)
      if (failures++ === 0) log.warn('The usage of answers cannot be read just now', { code: failure.code })
      return backOffMs(failures, failure.retryAfterSeconds)
    }
  }

  /** Milliseconds that the source took, or null when there is nothing left to read. */
  async function readNext(): Promise<number | null> {
    const asOfUs = replica.asOfUs()
    if (asOfUs === null) return null
    if (queue.length === 0) {
      // While older rows still come in, only the day that is on screen first.
      const sinceUs = isBackfilling() ? asOfUs - dayUs : 0
      queue = await replica.rowsWithoutUsage(sinceUs, rowsPerSearch)
      if (queue.length === 0) return null
    }
    const asked = queue.slice(0, rowsACall)
    const startedMs = performance.now()
    await read(asked)
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs > slowMs) rowsACall = Math.max(25, Math.floor(rowsACall / 2))
    else if (elapsedMs < quickMs) rowsACall = Math.min(mostRowsACall, rowsACall * 2)
    queue = queue.slice(asked.length)
    return elapsedMs
  }

  async function read(asked: RowKey[]): Promise<void> {
    try {
      const answers = await source.readUsage(
        asked.map((key) => key.id),
        signal,
      )
      await replica.keepUsage(asked, answers)
    } catch (error) {
      if (asFailure(error).code !== 'database-timeout') throw error
      if (asked.length > 1) {
        rowsACall = Math.max(1, Math.floor(asked.length / 4))
        throw error
      }
      // One answer that the source cannot open in time must not hold up all the others.
      log.warn('The usage of one answer could not be read in time and was left out', { id: asked[0]!.id })
      await replica.keepUsage(asked, [])
    }
    context.status.addQuietRows(asked.length)
    await refreshCounts(context)
  }

  return {
    step,
    /** Looks for the newest rows again instead of going on with older ones. */
    restart(): void {
      queue = []
    },
    /** Reads usage and previews of a few new rows at once; what fails is read later. Never throws. */
    async readNow(keys: RowKey[], added: RowKey[]): Promise<void> {
      try {
        if (keys.length > 0) await read(keys)
        const ids = added.map((key) => key.id)
        if (ids.length > 0) await replica.keepPreviews(await source.readPreviews(ids, signal))
        context.status.addQuietRows(ids.length)
      } catch (error) {
        if (!signal.aborted) log.warn('New answers could not be read at once', { code: asFailure(error).code })
      }
    },
  }
}
