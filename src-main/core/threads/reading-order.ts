import type { LinkKind, ThreadLink } from './thread-request'

/** A request where a reader meets it. */
export interface ReadingPlace<Item> {
  item: Item
  /** 0 on the main line; one more inside of each branch, sub-agent or retry. */
  depth: number
}

/** What stands right behind the request it belongs to, before the line goes on. */
const asides: Partial<Record<LinkKind, number>> = { retry: 0, 'sub-agent': 1, branch: 2 }
const afterAsides = 3

/**
 * Requests of one conversation in the order in which a person reads them: each followed by its retries, then by the
 * sub-agents it called and the branches that leave it, whole, then by the turn that carries it on. Given in the order
 * of time, and kept in it among equals.
 */
export function readingOrder<Item extends { link: ThreadLink }>(items: readonly Item[]): ReadingPlace<Item>[] {
  const ids = new Set(items.map(({ link }) => link.id))
  const firstTries = new Map(items.map(({ link }) => [link.id, link.retryOf ?? link.id]))
  const childrenOf = new Map<string | null, Item[]>()
  for (const item of items) {
    const { retryOf, parentId } = item.link
    // What carries on a retry goes on the line of its first try.
    const above = retryOf ?? (parentId === null ? null : (firstTries.get(parentId) ?? parentId))
    const key = above !== null && ids.has(above) && above !== item.link.id ? above : null
    const others = childrenOf.get(key)
    if (others) others.push(item)
    else childrenOf.set(key, [item])
  }
  const places: ReadingPlace<Item>[] = []
  const open: ReadingPlace<Item>[] = []
  const push = (above: string | null, depth: number): void => {
    const children = (childrenOf.get(above) ?? []).toSorted((a, b) => rank(a) - rank(b))
    for (const item of children.reverse()) open.push({ item, depth: rank(item) < afterAsides ? depth + 1 : depth })
  }
  push(null, 0)
  // No recursion: a line may be thousands of turns long.
  for (let place = open.pop(); place; place = open.pop()) {
    places.push(place)
    push(place.item.link.id, place.depth)
  }
  return places
}

function rank({ link }: { link: ThreadLink }): number {
  return link.parentId === null && link.retryOf === null ? afterAsides : (asides[link.kind] ?? afterAsides)
}
