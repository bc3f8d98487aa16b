import { setImmediate as giveWay } from 'node:timers/promises'
import { linkThreads } from '../core/threads/link-threads'
import type { ByHand } from '../core/threads/place-by-hand'
import { splitRelated } from '../core/threads/split-related'
import type { StoredThreadRequest, ThreadStore, TurnLink } from './thread-store'

/** Joined at once, so that nothing else waits for long. */
const requestsAStep = 1000

/**
 * Joins the requests of a domain anew where something was added: all that can be related to a request without a link.
 * The links are those of joining the whole domain at once. Gives how many were written.
 */
export async function linkDomain(
  store: ThreadStore,
  domain: number,
  byHand: ByHand,
  signal: AbortSignal,
): Promise<number> {
  const requests = await store.printedRequests(domain)
  await giveWay()
  const sets = splitRelated(requests, byHand) as StoredThreadRequest[][]
  let written = 0
  let step: StoredThreadRequest[] = []
  const finishStep = async (): Promise<void> => {
    await giveWay()
    await store.keepLinks(toTurnLinks(step, byHand))
    written += step.length
    step = []
  }
  for (const set of sets) {
    if (signal.aborted) return written
    if (set.every(({ isLinked }) => isLinked)) continue
    step.push(...set)
    if (step.length >= requestsAStep) await finishStep()
  }
  if (step.length > 0) await finishStep()
  return written
}

function toTurnLinks(requests: readonly StoredThreadRequest[], byHand: ByHand): TurnLink[] {
  const times = new Map(requests.map(({ id, timestampMs }) => [id, Math.round(timestampMs * 1000)]))
  const turns = new Map<string, number>()
  // Links come in the order of time: what a request carries on stands before it.
  return linkThreads(requests, byHand).map((link) => {
    const { id, retryOf, parentId, kind } = link
    const before = parentId === null || kind === 'sub-agent' ? 0 : (turns.get(parentId) ?? 0)
    const turn = retryOf === null ? before + 1 : (turns.get(retryOf) ?? 1)
    turns.set(id, turn)
    return { ...link, turn, timestampUs: times.get(id) ?? 0 }
  })
}
