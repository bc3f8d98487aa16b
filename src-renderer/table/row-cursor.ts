/** How a key moves through rows; `page` is how many rows are seen at once. Null for a key that does not move. */
export function moveCursor(key: string, index: number, count: number, page: number): number | null {
  const move = moves[key]
  if (!move || count === 0) return null
  return Math.min(count - 1, Math.max(0, move(index, count, Math.max(1, page - 1))))
}

const moves: Record<string, (index: number, count: number, page: number) => number> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  j: (index) => index + 1,
  k: (index) => index - 1,
  PageDown: (index, _count, page) => index + page,
  PageUp: (index, _count, page) => index - page,
  Home: () => 0,
  End: (_index, count) => count - 1,
}
