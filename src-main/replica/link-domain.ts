import { setImmediate as giveWay } from 'node:timers/promises'
import type { Remote } from '../core/remote-work'
import type { ByHand } from '../core/threads/place-by-hand'
import type { ThreadStore } from './thread-store'
import type { ThreadWork } from './thread-work'

/** Joined at once, so that nothing else waits for long. */
const requestsAStep = 1000

/**
 * Joins the requests of a domain anew where something was added: all that can be related to a request without a link.
 * The links are those of joining the whole domain at once. Gives how many were written.
 */
export async function linkDomain(
  { store, work, signal }: { store: ThreadStore; work: Remote<ThreadWork>; signal: AbortSignal },
  domain: number,
  byHand: ByHand,
): Promise<number> {
  const toLink: string[] = []
  const key = { code: domain, name: store.domainName(domain) }
  const part = (await work.knows(domain)) ? 'unlinked' : 'all'
  await store.visitPrints(domain, part, async (requests, unlinkedIds) => {
    for (const id of unlinkedIds) toLink.push(id)
    await work.take(key, requests)
  })
  const done = new Set<string>()
  let written = 0
  let step: string[] = []
  while (!signal.aborted) {
    if (step.length === 0) step = nextStep(toLink, done)
    if (step.length === 0) break
    const { links, rest } = await work.link(domain, step, byHand, requestsAStep)
    const gone = await store.keepLinks(domain, links)
    if (gone.length > 0) {
      // Rows that the source deleted or changed since they were taken in.
      await work.remove(domain, gone)
      const isGone = new Set(gone)
      step = step.filter((id) => !isGone.has(id))
      continue
    }
    for (const { id } of links) done.add(id)
    written += links.length
    step = rest
    await giveWay()
  }
  return written
}

/** Takes ids off the end of the list: the newest first. */
function nextStep(ids: string[], done: ReadonlySet<string>): string[] {
  const step: string[] = []
  for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
    if (!done.has(id)) step.push(id)
    if (step.length >= requestsAStep) break
  }
  return step
}
