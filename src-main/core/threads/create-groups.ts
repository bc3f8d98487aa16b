/** Groups of the integers below `size`; each begins as a group of its own. A group is named by its smallest member. */
export function createGroups(size: number): { join(a: number, b: number): void; of(item: number): number } {
  const parents = Int32Array.from({ length: size }, (_, i) => i)

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

  return {
    of,
    join(a, b) {
      const [one, other] = [of(a), of(b)]
      parents[Math.max(one, other)] = Math.min(one, other)
    },
  }
}
