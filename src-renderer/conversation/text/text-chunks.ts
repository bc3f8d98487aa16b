/** A piece of a long text and how many lines it has, so that its height can be guessed before it is laid out. */
export interface TextChunk {
  text: string
  lines: number
}

/**
 * The text in pieces of about `size` characters, cut after a line feed where there is one in reach, never inside a
 * surrogate pair. The pieces put together are the text again.
 */
export function chunkText(text: string, size = 16_384): TextChunk[] {
  const chunks: TextChunk[] = []
  let start = 0
  while (start < text.length) {
    const end = chunkEnd(text, start, size)
    const piece = text.slice(start, end)
    chunks.push({ text: piece, lines: countLines(piece) })
    start = end
  }
  return chunks
}

/** The time to wrap a word grows with the square of its length: words longer than this stand in pieces of their own. */
const longestWord = 2048
const endlessWord = new RegExp(`\\S{${longestWord}}`)

function chunkEnd(text: string, start: number, size: number): number {
  let wanted = start + size
  const isEndless = endlessWord.exec(text.slice(start, wanted))
  if (isEndless) wanted = start + Math.max(isEndless.index, longestWord)
  if (wanted >= text.length) return text.length
  const lineEnd = text.lastIndexOf('\n', wanted - 1)
  // A cut inside a line is seen as a line break, so it is made only when the line is longer than half a piece.
  if (lineEnd > start + (wanted - start) / 2) return lineEnd + 1
  const before = text.charCodeAt(wanted - 1)
  return before >= 0xd800 && before <= 0xdbff ? wanted - 1 : wanted
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
