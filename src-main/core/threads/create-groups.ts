/** Groups of items that are numbered from 0 as they come; each begins as a group of its own. */
export interface Groups {
  add(): number
  join(a: number, b: number): void
  /** The name of an item's group: one of its members. */
  of(item: number): number
  members(item: number): readonly number[]
}

export function createGroups(): Groups {
  const parents: number[] = []
  const members = new Map<number, number[]>()

  function of(item: number): number {
    let root = item
    while ((parents[root] ?? root) !== root) root = parents[root] ?? root
    // Shortened on the way, so that long chains are walked once.
    for (let at = item; at !== root;) {
      const above = parents[at] ?? root
      parents[at] = root
      at = above
    }
    return root
  }

  /** A group of one is not written down. */
  const membersOf = (root: number): number[] => members.get(root) ?? [root]

  return {
    of,
    add() {
      parents.push(parents.length)
      return parents.length - 1
    },
    join(a, b) {
      const [one, other] = [of(a), of(b)]
      if (one === other) return
      const [ofOne, ofOther] = [membersOf(one), membersOf(other)]
      const [large, small] = ofOne.length >= ofOther.length ? [one, other] : [other, one]
      parents[small] = large
      const all = large === one ? ofOne : ofOther
      for (const item of large === one ? ofOther : ofOne) all.push(item)
      members.set(large, all)
      members.delete(small)
    },
    members: (item) => membersOf(of(item)),
  }
}
