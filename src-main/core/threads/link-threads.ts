import { claimTask } from './claim-task'
import { findParent } from './find-parent'
import { findRetried } from './find-retry'
import { nameThreads } from './name-threads'
import { createIndex } from './thread-index'
import type { Node, Parent, ThreadLink, ThreadRequest } from './thread-request'

/** Where a request stands before conversations and branches are named. */
export interface Place {
  node: Node
  /** What it carries on; the parent of the first try, for a retry. */
  parent: Parent | null
  /** The first of the identical requests that it belongs to: itself, unless it is a retry. */
  firstTry: Node
}

/**
 * Joins requests to conversations by what they contain. The result depends on the set of requests alone, not on the
 * order in which they are given: they are walked in the order of their time, domain by domain. Links come in that order.
 */
export function linkThreads(requests: readonly ThreadRequest[]): ThreadLink[] {
  const byDomain = new Map<string | null, ThreadRequest[]>()
  for (const request of requests) {
    const others = byDomain.get(request.domain)
    if (others) others.push(request)
    else byDomain.set(request.domain, [request])
  }
  const domains = [...byDomain].toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
  return domains.flatMap(([, ofDomain]) => linkDomain(ofDomain))
}

function linkDomain(requests: readonly ThreadRequest[]): ThreadLink[] {
  const nodes = requests.toSorted(byTime).map((request, order): Node => ({ order, request }))
  const index = createIndex(nodes)
  const places: Place[] = []
  const firstTryOf = (node: Node): Node => places[node.order]?.firstTry ?? node

  for (const node of nodes) {
    const parent = findParent(node, index)
    const retried = findRetried(node, index, parent && firstTryOf(parent.node), (other) => {
      const earlier = places[other.order]?.parent
      // Sub-agents stand beside each other: two may have got the same prompt.
      return earlier && earlier.reason !== 'task-prompt' ? firstTryOf(earlier.node) : null
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
  return nameThreads(places)
}

function byTime(a: ThreadRequest, b: ThreadRequest): number {
  return a.timestampMs - b.timestampMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
