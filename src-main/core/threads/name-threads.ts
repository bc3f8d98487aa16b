import { createGroups } from './create-groups'
import type { Place } from './link-threads'
import type { ThreadLink } from './thread-request'

/**
 * Conversations and branches of one domain's requests, given in the order of time. A conversation is all that hangs
 * together by links, by session or by the source's own id. Among the requests that carry on the same one, the branch
 * goes on with that which was itself carried on furthest, for a side question asked in between leads nowhere.
 */
export function nameThreads(places: readonly Place[]): ThreadLink[] {
  const conversations = joinConversations(places)
  const mainChildren = findMainChildren(places)
  const branches: string[] = []
  const started = new Map<string, Set<string>>()

  return places.map((place) => {
    const { node, firstTry, parent } = place
    const conversationId = conversations[node.order] ?? node.request.id
    const marks = started.get(conversationId)
    const link = { ...describe(place, mainChildren[node.order] === 1, marks), conversationId }
    const known = marks ?? new Set<string>()
    for (const mark of marksOf(place)) known.add(mark)
    started.set(conversationId, known)
    branches[node.order] = branchOf(link.kind)
    return { ...link, branch: node.request.branchId ?? branches[node.order] ?? 'main' }

    function branchOf(kind: ThreadLink['kind']): string {
      if (kind === 'start') return 'main'
      if (kind === 'retry') return branches[firstTry.order] ?? 'main'
      const goesOn = (kind === 'turn' || kind === 'compaction') && parent !== null
      return (goesOn ? branches[parent.node.order] : undefined) ?? node.request.id
    }
  })
}

const byHandMark = 'by hand'

/** What else than a link can join a request to others. */
function marksOf({ node, isByHand, isApart }: Place): string[] {
  const { conversationId, print } = node.request
  if (isByHand) return [byHandMark]
  if (isApart) return []
  return [
    ...(conversationId === null ? [] : [`source ${conversationId}`]),
    ...(print.sessionId === null ? [] : [`session ${print.sessionId}`]),
  ]
}

type Description = Omit<ThreadLink, 'conversationId' | 'branch'>

/** `marks` are those of the conversation's requests so far; undefined for its first. */
function describe(place: Place, isMainChild: boolean, marks: Set<string> | undefined): Description {
  const { node, firstTry, parent } = place
  const { id, conversationId } = node.request
  const common = { id, parentId: parent?.node.request.id ?? null, retryOf: null, toolUseId: parent?.toolUseId ?? null }
  if (firstTry !== node) {
    return {
      ...common,
      retryOf: firstTry.request.id,
      kind: 'retry',
      reason: 'messages-identical',
      confidence: parent ? 'high' : 'medium',
    }
  }
  if (parent) {
    const { reason, confidence } = parent
    if (parent.isCaller) return { ...common, kind: 'sub-agent', reason, confidence }
    const kind = !isMainChild ? 'branch' : reason === 'summary-continued' ? 'compaction' : 'turn'
    return { ...common, kind, reason, confidence }
  }
  const kind = marks ? 'side' : 'start'
  if (place.isByHand) return { ...common, kind, reason: 'by-hand', confidence: 'high' }
  if (!marks) return { ...common, kind, reason: 'nothing-earlier', confidence: 'high' }
  const own = marksOf(place)
  // Where nothing else joins it, the user has put an earlier request into its conversation.
  if (marks.has(byHandMark) && !own.some((mark) => marks.has(mark))) {
    return { ...common, kind, reason: 'by-hand', confidence: 'high' }
  }
  return conversationId === null
    ? { ...common, kind, reason: 'same-session', confidence: 'medium' }
    : { ...common, kind, reason: 'source-says', confidence: 'high' }
}

/** The conversation's id of each request, by its order. */
function joinConversations(places: readonly Place[]): string[] {
  const groups = createGroups()
  for (const _ of places) groups.add()
  const bySource = new Map<string, number>()
  const bySession = new Map<string, number>()
  const joinBy = (map: Map<string, number>, key: string | null, order: number): void => {
    if (key === null) return
    const earlier = map.get(key)
    if (earlier === undefined) map.set(key, order)
    else groups.join(earlier, order)
  }
  for (const { node, firstTry, parent, isApart, beside } of places) {
    const { conversationId, print } = node.request
    groups.join(node.order, firstTry.order)
    if (parent) groups.join(node.order, parent.node.order)
    if (beside) groups.join(node.order, beside.order)
    if (isApart) continue
    joinBy(bySource, conversationId, node.order)
    // Where the source names conversations, it knows better than the session.
    if (conversationId === null) joinBy(bySession, print.sessionId, node.order)
  }
  const names: (string | undefined)[] = []
  const owned = places.filter(({ node, isApart }) => node.request.conversationId !== null && !isApart)
  for (const { node } of owned) names[groups.of(node.order)] ??= node.request.conversationId ?? node.request.id
  for (const { node } of places) names[groups.of(node.order)] ??= node.request.id
  return places.map(({ node }) => names[groups.of(node.order)] ?? node.request.id)
}

/**
 * 1 for each request with the longest line of requests behind it, of all first tries that carry on the same one; of
 * equals, for the first in time.
 */
function findMainChildren(places: readonly Place[]): Uint8Array {
  const depths = new Int32Array(places.length)
  const best = new Int32Array(places.length).fill(-1)
  // Backwards: all that carries a request on has been seen before it.
  for (let order = places.length - 1; order >= 0; order--) {
    const place = places[order]
    if (!place?.parent || place.firstTry !== place.node || place.parent.isCaller) continue
    const above = places[place.parent.node.order]?.firstTry.order ?? order
    const depth = (depths[order] ?? 0) + 1
    if (depth < (depths[above] ?? 0)) continue
    depths[above] = depth
    best[above] = order
  }
  const isMain = new Uint8Array(places.length)
  for (const order of best) if (order >= 0) isMain[order] = 1
  return isMain
}
