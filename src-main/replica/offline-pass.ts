import { asFailure } from '../core/failure'
import type { OfflineWish } from '../core/ports'
import type { SyncContext } from './sync-context'
import { backOffMs } from './sync-loop'
import { dayUs } from './time-units'

const rowsPerSearch = 5000
const slowMs = 2000
const shortestPauseMs = 50
const longestPauseMs = 30_000
/** What the user opens has to find room as well, so this pass leaves some. */
const mostShare = 0.85

/**
 * The last and gentlest pass: the texts that the user wants to have without a network, newest first, one at a time.
 * It rests at least as long as the source worked, and stops where the room for texts is used up.
 */
export function createOfflinePass(context: SyncContext, options: { wish(): OfflineWish | null }) {
  const { source, replica, log, signal } = context
  let queue: string[] = []
  let isSearched = false
  let failures = 0

  async function step(): Promise<number> {
    try {
      const elapsedMs = await readNext()
      failures = 0
      if (elapsedMs === null) return Infinity
      const rest = elapsedMs * (elapsedMs > slowMs ? 4 : 1)
      return Math.min(Math.max(rest, shortestPauseMs), longestPauseMs)
    } catch (error) {
      if (signal.aborted) return Infinity
      const failure = asFailure(error)
      if (failures++ === 0) log.warn('Texts cannot be read to be kept just now', { code: failure.code })
      return backOffMs(failures, failure.retryAfterSeconds)
    }
  }

  /** Milliseconds that the source took, or null when there is nothing to do until it is woken. */
  async function readNext(): Promise<number | null> {
    const wish = options.wish()
    if (wish === null) return null
    if (queue.length === 0) {
      if (isSearched) return null
      isSearched = true
      queue = await search(wish)
      if (queue.length === 0) return null
    }
    if ((await replica.bodies.size()).bytes > wish.maxBytes * mostShare) {
      queue = []
      return null
    }
    const [id] = queue
    const startedMs = performance.now()
    const bodies = await source.readBodies(id!, signal)
    const elapsedMs = performance.now() - startedMs
    if (bodies !== null) await replica.keepBodies(id!, bodies)
    queue.shift()
    return elapsedMs
  }

  async function search({ newest, domains, requests, conversationsOf, days }: OfflineWish): Promise<string[]> {
    const asOfUs = replica.asOfUs()
    if (asOfUs === null) return []
    const wanted = await replica.offlineRows({
      newest,
      domains,
      requests,
      conversationsOf,
      sinceUs: asOfUs - days * dayUs,
      limit: rowsPerSearch,
    })
    replica.bodies.keepLonger(new Set(wanted))
    const kept = await replica.bodies.keptOf(wanted)
    return wanted.filter((id) => !kept.has(id))
  }

  return {
    step,
    /** Looks again for what is wanted and not here. */
    restart(): void {
      queue = []
      isSearched = false
    },
  }
}
