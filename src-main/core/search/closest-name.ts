/** The name that needs the fewest changed, added, dropped or swapped letters; null when even that is far. */
export function closestName(wanted: string, names: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = 1 + Math.max(1, Math.floor(wanted.length / 3))
  for (const name of names) {
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase())
    if (distance >= bestDistance) continue
    best = name
    bestDistance = distance
  }
  return best
}

/** Optimal string alignment: as Levenshtein's, with two swapped neighbours as one change. */
function editDistance(a: string, b: string): number {
  let twoBack: number[] = []
  let before = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let least = Math.min(before[j]! + 1, row[j - 1]! + 1, before[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, twoBack[j - 2]! + 1)
      row.push(least)
    }
    twoBack = before
    before = row
  }
  return before[b.length]!
}
