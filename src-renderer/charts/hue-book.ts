/** Hues there are; what has none is drawn in the grey of "others". */
export const hueCount = 8

/** Which hue a name wears and when it was last on screen, in the order of giving. */
export type HueBook = Record<string, { hue: number; seenAtMs: number }>

/**
 * The book with a hue for each of `names` (most important first, at most eight count). Who has a hue keeps it. When
 * all are taken, a name that is not on screen gives up its own, the one unseen for longest first.
 */
export function assignHues(book: HueBook, names: string[], nowMs: number): HueBook {
  const next: HueBook = { ...book }
  const shown = names.slice(0, hueCount)
  for (const name of shown) {
    const known = next[name]
    if (known) next[name] = { ...known, seenAtMs: nowMs }
  }
  for (const name of shown) {
    if (next[name]) continue
    const taken = new Set(Object.values(next).map((entry) => entry.hue))
    let hue = Array.from({ length: hueCount }, (_, index) => index).find((each) => !taken.has(each))
    if (hue === undefined) {
      const unseen = Object.entries(next).filter(([other]) => !shown.includes(other))
      const oldest = unseen.sort(([, a], [, b]) => a.seenAtMs - b.seenAtMs)[0]
      if (!oldest) break
      hue = oldest[1].hue
      delete next[oldest[0]]
    }
    next[name] = { hue, seenAtMs: nowMs }
  }
  return next
}
