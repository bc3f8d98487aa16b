import { claimTask } from './claim-task'
import { findParent } from './find-parent'
import { findSourceParent } from './find-source-parent'
import { findRetried } from './find-retry'
import { nameThreads } from './name-threads'
import { placeByHand, type ByHand } from './place-by-hand'
import { createIndex } from './thread-index'
import type { Node, Parent, ThreadLink, ThreadRequest } from './thread-request'

/** Where a request stands before conversations and branches are named. */
export interface Place {
  node: Node
  /** What it carries on; the parent of the first try, for a retry. */
  parent: Parent | null
  /** The first of the identical requests that it belongs to: itself, unless it is a retry. */
  firstTry: Node
  /** True where neither session nor source may join it to others: the user placed it, or what it carries on. */
  isApart?: boolean
  /** Whether the user placed this very request. */
  isByHand?: boolean
  /** A later request whose conversation the user put it into. */
  beside?: Node | undefined
}

/**
 * Joins requests to conversations by what they contain. The result depends on the set of requests alone, not on the
 * order in which they are given: they are walked in the order of their time, domain by domain. Links come in that order.
 * What the user set by hand holds over what was found.
 */
export function linkThreads(requests: readonly ThreadRequest[], byHand: ByHand = new Map()): ThreadLink[] {
  const byDomain = new Map<string | null, ThreadRequest[]>()
  for (const request of requests) {
    const others = byDomain.get(request.domain)
    if (others) others.push(request)
    else byDomain.set(request.domain, [request])
  }
  const domains = [...byDomain].toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
  return domains.flatMap(([, ofDomain]) => linkDomain(ofDomain, byHand))
}

function linkDomain(requests: readonly ThreadRequest[], byHand: ByHand): ThreadLink[] {
  const nodes = requests.toSorted(byTime).map((request, order): Node => ({ order, request }))
  const index = createIndex(nodes)
  const places: Place[] = []
  const firstTryOf = (node: Node): Node => places[node.order]?.firstTry ?? node

  for (const node of nodes) {
    const parent = findSourceParent(node, index) ?? findParent(node, index)
    const retried = findRetried(node, index, parent && firstTryOf(parent.node), (other) => {
      const earlier = places[other.order]?.parent
      // Sub-agents stand beside each other: two may have got the same prompt.
      return earlier && !earlier.isCaller ? firstTryOf(earlier.node) : null
    })
    const isUnanswered = retried?.request.print.answer === 0
    const task = parent === null && !isUnanswered ? claimTask(node, index) : null
    const firstTry = retried && !task ? firstTryOf(retried) : node
    places.push({
      node,
      firstTry,
      parent: firstTry === node ? (parent ?? task) : (places[firstTry.order]?.parent ?? null),
    })
  }
  return nameThreads(byHand.size === 0 ? places : placeByHand(places, byHand))
}

function byTime(a: ThreadRequest, b: ThreadRequest): number {
  return a.timestampMs - b.timestampMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
