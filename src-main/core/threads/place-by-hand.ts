import type { ManualLink } from '../../contract/manual-links'
import type { Place } from './link-threads'

/** By the request that is placed: the one that it is put behind, null for a beginning of its own. */
export type ByHand = ReadonlyMap<string, string | null>

/** What holds of the user's own links: the newest about each request, whatever came before. Given oldest first. */
export function readByHand(links: readonly ManualLink[]): ByHand {
  return new Map(
    links.map(({ requestId, toRequestId }) => [requestId.toLowerCase(), toRequestId?.toLowerCase() ?? null]),
  )
}

/**
 * Puts the user's own links over the computed ones. A request that is placed by hand takes with it all that carries it
 * on, and the whole of that stands apart from what its session or the source would join it to. One that is put behind a
 * later request only shares its conversation. A link to a request that is not here changes nothing.
 */
export function placeByHand(places: readonly Place[], byHand: ByHand): Place[] {
  const orders = new Map(places.map(({ node }) => [node.request.id, node.order]))
  const placed: Place[] = []
  for (const place of places) placed.push(placeOne(place))
  return placed

  function placeOne(place: Place): Place {
    const { node, firstTry, parent } = place
    const toId = byHand.get(node.request.id)
    const to = toId ? places[orders.get(toId) ?? -1]?.node : undefined
    if (toId === undefined || (toId !== null && !to) || to === node) {
      const first = placed[firstTry.order]
      if (first) return { ...place, parent: first.parent, isApart: first.isApart }
      return { ...place, isApart: (parent && placed[parent.node.order]?.isApart) ?? false }
    }
    const goesBehind = to !== undefined && to.order < node.order
    return {
      node,
      firstTry: node,
      parent: goesBehind ? { node: to, reason: 'by-hand', confidence: 'high', toolUseId: null, isCaller: false } : null,
      isApart: true,
      isByHand: true,
      beside: goesBehind ? undefined : to,
    }
  }
}
