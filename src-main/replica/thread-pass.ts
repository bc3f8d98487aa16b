import { setImmediate as giveWay } from 'node:timers/promises'
import type { ManualLink } from '../contract/manual-links'
import { asFailure } from '../core/failure'
import type { StoredBodies } from '../core/ports'
import type { Remote } from '../core/remote-work'
import { readByHand } from '../core/threads/place-by-hand'
import { linkDomain } from './link-domain'
import type { SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import type { ReadPrint, UnreadRow } from './thread-store'
import type { ThreadWork } from './thread-work'
import { dayUs, hourUs } from './time-units'

/** Read in the background: the newest of this many days, and no more than this many. Older ones when opened. */
const backgroundDays = 30
const backgroundRows = 50_000
const rowsPerSearch = 500
/** A step reads for this long, then what it read is kept. */
const stepMs = 200
const slowMs = 2000
const shortestPauseMs = 20
const longestPauseMs = 30_000
/** A request that was not answered for so long is read without its answer. */
const patienceUs = 600_000_000
/** Joining rests ten times as long as it took, and at least this. */
const shortestLinkPauseMs = 1000

const nearRows = 300
const nearUs = 12 * hourUs
const nearPatienceMs = 1500
const nearAtOnce = 3

/**
 * The third and gentlest pass: what the bodies say about who belongs together. Each body is read once, newest first,
 * and only after usage is done; requests are joined as their fingerprints come.
 */
export function createThreadPass(
  context: SyncContext,
  options: { work: Remote<ThreadWork>; isHeldBack(): boolean; manualLinks(): readonly ManualLink[] },
) {
  const { work, isHeldBack, manualLinks } = options
  const { source, replica, log, signal } = context
  const nearReads = new Map<string, Promise<void>>()
  let queue: UnreadRow[] = []
  let failures = 0
  let hasToLink = true
  let linkDueMs = 0
  let linking: Promise<void> = Promise.resolve()
  /** Whether links that were made before the start hold what the user has set since. */
  let isPrepared = false

  async function step(): Promise<number> {
    try {
      const elapsedMs = await readNext()
      failures = 0
      if (elapsedMs === null) return hasToLink ? Math.max(1, linkDueMs - performance.now()) : Infinity
      const rest = elapsedMs * (elapsedMs > slowMs ? 4 : 1)
      return Math.min(Math.max(rest, shortestPauseMs), longestPauseMs)
    } catch (error) {
      if (signal.aborted) return Infinity
      const failure = asFailure(error)
      if (failures++ === 0) log.warn('Requests cannot be joined to conversations just now', { code: failure.code })
      return backOffMs(failures, failure.retryAfterSeconds)
    }
  }

  /** Milliseconds that reading took, or null when nothing is left to read. */
  async function readNext(): Promise<number | null> {
    const asOfUs = replica.asOfUs()
    if (asOfUs === null || isHeldBack()) {
      // Woken once it may go on.
      hasToLink = false
      return null
    }
    if (queue.length === 0) queue = await searchUnread(asOfUs)
    const startedMs = performance.now()
    const prints: ReadPrint[] = []
    try {
      while (queue.length > 0 && performance.now() - startedMs < stepMs && !signal.aborted) {
        prints.push(await readPrint(queue[0]!))
        queue.shift()
      }
    } finally {
      // What was read before the source failed is not read again.
      await keep(prints)
    }
    const elapsedMs = performance.now() - startedMs
    if (performance.now() >= linkDueMs) await link()
    return prints.length > 0 ? elapsedMs : null
  }

  async function searchUnread(asOfUs: number): Promise<UnreadRow[]> {
    hasToLink = true
    const sinceUs = asOfUs - backgroundDays * dayUs
    const found = await replica.unreadRows({ sinceUs, mostRows: backgroundRows, limit: rowsPerSearch })
    return found.filter(({ answered, timestampUs }) => answered === 1 || timestampUs < asOfUs - patienceUs)
  }

  async function readPrint(row: UnreadRow): Promise<ReadPrint> {
    const bodies = await readBodies(row).catch((error: unknown) => {
      // One body that the source cannot open in time must not hold up all the others.
      if (asFailure(error).code !== 'database-timeout') throw error
      log.warn('One body could not be read in time and was left out of its conversation', { id: row.id })
      return null
    })
    // Once more: the thread may have broken down over another body.
    const printed = work.print(bodies).catch(() => work.print(bodies))
    const print = await printed.catch((error: unknown) => {
      log.warn('One body was too much to read and was left out of its conversation', {
        id: row.id,
        reason: String(asFailure(error).cause),
      })
      return work.print(null)
    })
    await giveWay()
    return { row, ...print }
  }

  async function readBodies(row: UnreadRow): Promise<StoredBodies | null> {
    const kept = await replica.keptBodies(row.id)
    if (kept && (kept.response !== null || row.answered === 0)) return kept
    return source.readBodies(row.id, signal)
  }

  async function keep(prints: ReadPrint[]): Promise<void> {
    if (prints.length === 0) return
    await replica.keepPrints(prints)
    hasToLink = true
  }

  /** Joins what was not joined yet, of one domain or of all; one at a time. */
  function link(only?: number): Promise<void> {
    const linked = linking.then(() => linkNow(only))
    linking = linked.catch(() => undefined)
    return linked
  }

  async function linkNow(only: number | undefined): Promise<void> {
    const startedMs = performance.now()
    const links = manualLinks()
    if (!isPrepared) {
      await work.forget()
      await replica.forgetLinks(links.flatMap(placedIds))
      isPrepared = true
    }
    const byHand = readByHand(links)
    let written = 0
    for (const domain of await replica.domainsToLink()) {
      if (only === undefined || domain === only)
        written += await linkDomain({ store: replica, work, signal }, domain, byHand)
    }
    if (only === undefined) {
      hasToLink = false
      linkDueMs = performance.now() + Math.max(shortestLinkPauseMs, 10 * (performance.now() - startedMs))
    }
    if (written > 0) context.status.addQuietRows(written)
  }

  async function relink(ids: string[]): Promise<void> {
    const rows = await Promise.all(ids.map((id) => replica.threadRow(id)))
    const forgotten = linking.then(() => replica.forgetLinks(ids))
    linking = forgotten.catch(() => undefined)
    await forgotten
    for (const domain of new Set(rows.flatMap((row) => row?.domain ?? []))) await link(domain)
  }

  async function readAround(id: string): Promise<void> {
    try {
      const row = await replica.threadRow(id)
      if (row === null) return
      const startedMs = performance.now()
      const near = { domain: row.domain, nearUs: row.timestampUs, withinUs: nearUs, limit: nearRows }
      const unread = await replica.unreadNear(near)
      const prints: ReadPrint[] = []
      const readOn = async (): Promise<void> => {
        while (performance.now() - startedMs < nearPatienceMs && !signal.aborted) {
          const next = unread.shift()
          if (!next) return
          prints.push(await readPrint(next))
        }
      }
      try {
        await Promise.all(Array.from({ length: nearAtOnce }, readOn))
      } finally {
        await keep(prints)
      }
      await link(row.domain)
    } catch (error) {
      // What is joined already can still be shown, and says that it is not complete.
      if (!signal.aborted) log.warn('Requests nearby could not be read', { code: asFailure(error).code })
    }
  }

  return {
    step,
    /** Looks for the newest rows again instead of going on with older ones. */
    restart(): void {
      queue = []
    },
    /** Joins the conversations of these requests anew. */
    relink,
    /** Reads the neighbours of a request at once, for as long as one is ready to wait, and joins them. Never throws. */
    readNear(id: string): Promise<void> {
      const known = nearReads.get(id)
      if (known) return known
      const reading = readAround(id).finally(() => nearReads.delete(id))
      nearReads.set(id, reading)
      return reading
    },
    /** Resolves once the neighbours that are being read are kept. */
    async settle(): Promise<void> {
      await Promise.all([...nearReads.values(), linking])
    },
  }
}

function placedIds({ requestId, toRequestId }: ManualLink): string[] {
  return toRequestId === null ? [requestId] : [requestId, toRequestId]
}
