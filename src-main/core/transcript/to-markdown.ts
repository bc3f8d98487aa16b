import type { TranscriptPiece } from './transcript-text'

/** What a Markdown reader could take for more than words: markup, pictures, odd links. */
const active = /<[a-z!/?]|!\[|\]\(|^\s*\[[^\]]+\]:|^#{1,6} |^(?:-{3,}|={3,})\s*$/im

/** Markdown in which no text of a body can be more than text: what could be is fenced. */
export function toMarkdown(pieces: Iterable<TranscriptPiece>): string {
  const parts: string[] = []
  for (const piece of pieces) parts.push(write(piece))
  return `${parts.join('\n\n')}\n`
}

function write(piece: TranscriptPiece): string {
  switch (piece.kind) {
    case 'heading':
      return `${'#'.repeat(piece.level)} ${escapeLine(piece.text)}`
    case 'facts':
      return `*${escapeLine(piece.text)}*`
    case 'text':
      return active.test(piece.text) ? fence(piece.text) : piece.text
    case 'aside':
      return `**${escapeLine(piece.title)}**\n\n${fence(piece.text)}`
    case 'picture':
      return `*A picture, ${escapeLine(piece.mediaType)}, is left out here.*`
  }
}

function escapeLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|!&]/g, '\\$&')
}

/** Longer than any fence within. */
function fence(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const mark = '`'.repeat(longest + 1)
  return `${mark}text\n${text}\n${mark}`
}
