import type { Pattern } from './query'

/** Whether a text is what one of the patterns says, whatever its case. */
export function matchesPattern(patterns: readonly Pattern[], text: string): boolean {
  const lower = text.toLowerCase()
  return patterns.some((pattern) =>
    matches(
      pattern.map((piece) => piece.toLowerCase()),
      lower,
    ),
  )
}

function matches(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? ''
  if (pieces.length < 2) return text === first
  const last = pieces.at(-1)!
  const end = text.length - last.length
  if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
