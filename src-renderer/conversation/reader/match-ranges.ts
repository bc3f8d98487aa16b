/** More in one page would hold it up. */
const mostRanges = 2000
/** Words of the reader itself, and lines that repeat what unfolds below them. */
const own = 'button, figcaption, h4, .sr-only'
const block = 'p, li, td, th, pre, dt, dd, div, h3, h4, h5, h6, blockquote'

interface Piece {
  node: Text
  start: number
}

/**
 * Where the query stands in what is on the page below `root`, whatever the case, also across elements in one line.
 * What a sub-agent said is a conversation of its own, left out of the part that it stands in unless `all` is wanted.
 */
export function matchRanges(root: Element, query: string, all = false): Range[] {
  const wanted = query.toLowerCase()
  const ranges: Range[] = []
  if (wanted === '') return ranges
  for (const pieces of lines(root, all)) {
    const text = pieces.map(({ node }) => node.data).join('')
    const lower = text.toLowerCase()
    // Where lower case changes the length, positions would be wrong: then nothing is marked.
    if (lower.length !== text.length) continue
    for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + wanted.length)) {
      ranges.push(toRange(pieces, at, at + wanted.length))
      if (ranges.length === mostRanges) return ranges
    }
  }
  return ranges
}

/** The text nodes, those of one block together. */
function* lines(root: Element, all: boolean): Generator<Piece[]> {
  const apart = root.closest('[data-apart]')
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  let pieces: Piece[] = []
  let length = 0
  let last: Element | null = null
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    const parent = node.parentElement
    if (!parent || (!all && parent.closest('[data-apart]') !== apart)) continue
    if (parent.closest(own) && !parent.closest('[data-named]')) continue
    const line = parent.closest(block)
    if (line !== last && pieces.length > 0) {
      yield pieces
      pieces = []
      length = 0
    }
    last = line
    pieces.push({ node, start: length })
    length += node.data.length
  }
  if (pieces.length > 0) yield pieces
}

function toRange(pieces: Piece[], start: number, end: number): Range {
  const range = new Range()
  const first = pieces.findLast((piece) => piece.start <= start)
  const last = pieces.findLast((piece) => piece.start < end)
  if (first) range.setStart(first.node, start - first.start)
  if (last) range.setEnd(last.node, end - last.start)
  return range
}
