import { setTimeout as delay } from 'node:timers/promises'
import { asFailure } from '../core/failure'
import type { RequestBatch } from '../core/ports'
import { checkSource } from './check-source'
import { loadRange } from './load-range'
import type { LookResult, RowKey, RowSpan } from './replica-store'
import { refreshCounts, retentionFloorUs, type SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import { dayUs, endOfTimeUs, floorToHourUs, hourUs } from './time-units'

const minuteUs = 60_000_000
/** Rows become visible in another order than their timestamps say: each look reads this much again. */
const overlapUs = 2 * minuteUs
const wideOverlapUs = 15 * minuteUs
const wideEveryMs = 60_000
const oldUnansweredEveryMs = 600_000
/** After a longer absence the newest day comes first and the rest is filled in behind. */
const longestGapUs = hourUs
const lookEveryMs = 5000
/** A source that is slow gets this many times the rest that a look took, within limits. */
const restShare = 4
const longestPauseMs = 60_000
const checkEveryMs = 60_000
const recentUs = dayUs
/** An announced row may be written seconds after its announcement. */
const hintTries = 7
const firstHintPauseMs = 150
const mostHintsALook = 500
/** Ids that wait to be seen; of a stream that names what is not there the oldest go, and the window finds the rest. */
const mostHints = 2000
/** New rows that are named; of more than that the newest. */
const mostNamed = 1000
const readWithLookRows = 50
const patienceMs = 1000

export interface FollowHooks {
  now(): number
  /** The source is not what it was: older rows may have come, gone or changed. */
  onRecheck(): void
  /** After the newest day was loaded: there may be something to fill in behind it. */
  onRecentLoaded(): void
  /** Reads what the answers of new rows say. Settles when that is kept; never throws. */
  readAnswers(keys: RowKey[], added: RowKey[]): Promise<void>
  /** Too many at once: the usage pass gets to them. */
  onManyRows(): void
}

/** Keeps the newest end of the replica equal to the source, look by look. */
export function createFollow(context: SyncContext, hooks: FollowHooks) {
  const { source, replica, log, status, signal } = context
  const hints = new Map<string, number>()
  const waiting: ((isDone: boolean) => void)[] = []
  let failures = 0
  let lastWideMs = -Infinity
  let lastLookMs = 0
  let lastOldUnansweredMs = -Infinity
  let prunedUs = 0
  /** A connection that broke may lead to another database when it is back. */
  let isChecked = false
  let lastCheckMs = -Infinity

  async function step(): Promise<number> {
    const served = waiting.splice(0)
    let isDone = false
    try {
      const isCatchingUp = await look()
      isDone = true
      failures = 0
      status.succeed('follow')
      if (isCatchingUp) return 0
      const pauseMs = Math.min(Math.max(lookEveryMs, lastLookMs * restShare), longestPauseMs)
      const tries = Math.min(...hints.values())
      return hints.size === 0 ? pauseMs : Math.min(firstHintPauseMs * 2 ** tries, pauseMs)
    } catch (error) {
      if (signal.aborted) return Infinity
      isChecked = false
      const failure = asFailure(error)
      if (failures++ === 0)
        log.warn('The source cannot be followed just now', { code: failure.code, cause: failure.cause })
      status.fail('follow', failure.toShape())
      return backOffMs(failures, failure.retryAfterSeconds)
    } finally {
      for (const resolve of served) resolve(isDone)
    }
  }

  /** True when more is known to be there than was read. */
  async function look(): Promise<boolean> {
    const startedMs = performance.now()
    const clockUs = Math.floor((await source.clockMs(signal)) * 1000)
    const upToUs = await readableUpTo(clockUs)
    const isFarBehind = upToUs === null || clockUs - upToUs > longestGapUs || upToUs !== replica.asOfUs()
    if (isFarBehind) await loadRecent(clockUs, upToUs)
    else await readWindow(clockUs, upToUs)
    lastLookMs = isFarBehind ? 0 : performance.now() - startedMs
    status.set({ lastSyncAt: new Date(hooks.now()).toISOString() })
    await prune(clockUs)
    return isFarBehind
  }

  /** Up to where the replica can be gone on from: `asOf`, or less where the source is not what it was. */
  async function readableUpTo(clockUs: number): Promise<number | null> {
    const nowMs = hooks.now()
    const isDue = !isChecked || Math.abs(nowMs - lastCheckMs) >= checkEveryMs
    if (!isDue) return replica.asOfUs()
    const verdict = await checkSource(context, clockUs - wideOverlapUs)
    isChecked = true
    lastCheckMs = nowMs
    if (verdict.kind !== 'same') hooks.onRecheck()
    if (verdict.kind !== 'recheck') return replica.asOfUs()
    return Math.min(verdict.newestUs ?? 0, replica.asOfUs() ?? 0)
  }

  async function loadRecent(clockUs: number, asOfUs: number | null): Promise<void> {
    status.set({ phase: 'recent' })
    let fromUs = Math.max(floorToHourUs(clockUs - recentUs), retentionFloorUs(clockUs, context.retentionDays))
    if (asOfUs !== null) {
      // What came late or changed just before the absence is read again, now or by the backfill.
      const safeUs = asOfUs - wideOverlapUs
      await replica.uncoverAfter(safeUs)
      fromUs = Math.max(fromUs, safeUs)
    }
    await replica.whileLoading(() =>
      loadRange(
        context,
        { fromUs, toUs: endOfTimeUs },
        { coveredToUs: clockUs, signal, onStored: status.addQuietRows },
      ),
    )
    await refreshCounts(context)
    hooks.onRecentLoaded()
  }

  async function readWindow(clockUs: number, asOfUs: number): Promise<void> {
    const nowMs = hooks.now()
    // Either way: a clock that was set back must not hold up the wide look.
    const isWide = Math.abs(nowMs - lastWideMs) >= wideEveryMs
    const windowFromUs = Math.min(asOfUs, clockUs) - (isWide ? wideOverlapUs : overlapUs)
    const hinted = [...hints.keys()].slice(0, mostHintsALook)
    const unanswered = isWide ? await oldUnanswered(clockUs, windowFromUs, nowMs) : []

    const spans: RowSpan[] = []
    for await (const batch of source.readRange({ fromUs: windowFromUs, toUs: endOfTimeUs }, signal)) {
      spans.push({ batch, from: 0, to: batch.length })
    }
    const isAsked = hinted.length + unanswered.length > 0
    const seen = isAsked ? new Set(spans.flatMap(({ batch }) => idsOf(batch))) : new Set<string>()
    const askedIds = [...hinted, ...unanswered.map((key) => key.id)].filter((id) => !seen.has(id))
    const keys = new Map<string, number>()
    if (askedIds.length > 0) {
      const batch = await source.readRows([...new Set(askedIds)], signal)
      for (const [row, id] of idsOf(batch).entries()) {
        keys.set(id, batch.timestampUs[row]!)
        if (batch.timestampUs[row]! < endOfTimeUs) spans.push({ batch, from: row, to: row + 1 })
      }
    }
    const missing = unanswered.filter((key) => keys.get(key.id) !== key.timestampUs)

    const result = await replica.applyLook({ windowFromUs, asOfUs: clockUs, spans, missing })
    if (isWide) lastWideMs = nowMs
    for (const id of hinted) settleHint(id, seen.has(id) || keys.has(id))
    await announce(result)
  }

  /** Rows that were running when they left the window: most have their answer by now. */
  async function oldUnanswered(clockUs: number, windowFromUs: number, nowMs: number): Promise<RowKey[]> {
    const isDue = Math.abs(nowMs - lastOldUnansweredMs) >= oldUnansweredEveryMs
    if (isDue) lastOldUnansweredMs = nowMs
    const fromUs = clockUs - (isDue ? dayUs : hourUs)
    return replica.unansweredRows({ fromUs, toUs: windowFromUs }, isDue ? 2000 : 500)
  }

  function settleHint(id: string, isFound: boolean): void {
    const tries = (hints.get(id) ?? 0) + 1
    if (isFound || tries >= hintTries) hints.delete(id)
    else hints.set(id, tries)
  }

  async function announce({ added, changed, removedRows, toRead }: LookResult): Promise<void> {
    const changedRows = added.length + changed.length + removedRows
    if (changedRows === 0) return
    await refreshCounts(context)
    status.announce({ newIds: added.slice(0, mostNamed).map((key) => key.id), changedRows })
    if (toRead.length > readWithLookRows) {
      hooks.onManyRows()
      return
    }
    // Large answers take the source a while: the next look does not wait for them.
    const patience = new AbortController()
    const late = delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)
    await Promise.race([hooks.readAnswers(toRead, added.slice(0, readWithLookRows)), late])
    patience.abort()
  }

  async function prune(clockUs: number): Promise<void> {
    const floorUs = retentionFloorUs(clockUs, context.retentionDays)
    if (floorUs <= prunedUs) return
    await replica.prune(floorUs)
    prunedUs = floorUs
    await refreshCounts(context)
  }

  return {
    step,
    /** Resolves after a look that begins from now on; false where it failed. */
    expectLook(ids: string[]): Promise<boolean> {
      for (const id of ids) if (!hints.has(id.toLowerCase())) hints.set(id.toLowerCase(), 0)
      for (const id of [...hints.keys()].slice(0, Math.max(0, hints.size - mostHints))) hints.delete(id)
      return new Promise((resolve) => waiting.push(resolve))
    },
    /** Nobody waits for a look that will not come. */
    release(): void {
      for (const resolve of waiting.splice(0)) resolve(false)
    },
  }
}

function idsOf(batch: RequestBatch): string[] {
  const bytes = Buffer.from(batch.id.buffer, batch.id.byteOffset, batch.length * 16)
  return Array.from({ length: batch.length }, (_, row) =>
    bytes.toString('hex', row * 16, row * 16 + 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  )
}
