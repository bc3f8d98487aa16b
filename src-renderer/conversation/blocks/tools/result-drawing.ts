import { withoutColours } from '../../text/ansi-text'
import { readNumberedLines, type NumberedText } from './numbered-lines'
import type { ToolDrawing } from './tool-drawing'

/** The plain text of a tool's result as something that can be drawn. */
export type ResultDrawing =
  | { kind: 'numbered'; numbered: NumberedText; path: string }
  | { kind: 'matches'; text: string }
  | { kind: 'markdown'; text: string }
  | { kind: 'json'; text: string; value: unknown }
  | { kind: 'terminal'; text: string }

/** Longer JSON is left as it is: laying it out would hold up the page. */
const longestJson = 100_000

/** Longer files come in pieces that are laid out when seen, which a column of numbers cannot follow. */
const longestNumbered = 200_000

export function readResultDrawing(text: string, call: ToolDrawing | null): ResultDrawing {
  if (call?.kind === 'read' && text.length <= longestNumbered) {
    const numbered = readNumberedLines(text)
    if (numbered) return { kind: 'numbered', numbered, path: call.path }
  }
  if (call?.kind === 'search') return { kind: 'matches', text }
  if (call?.kind === 'web' || call?.kind === 'task' || call?.kind === 'plan') return { kind: 'markdown', text }
  const value = call === null ? readJson(text) : undefined
  return value === undefined
    ? { kind: 'terminal', text }
    : { kind: 'json', text: JSON.stringify(value, null, 2), value }
}

/** The texts of a result in the order that they stand on the page. */
export function drawnResultTexts(drawing: ResultDrawing): string[] {
  switch (drawing.kind) {
    case 'numbered':
      return [drawing.numbered.code, drawing.numbered.rest]
    case 'terminal':
      return [withoutColours(drawing.text)]
    default:
      return [drawing.text]
  }
}

/** Only objects and lists: a number or a word reads better as it is. */
function readJson(text: string): unknown {
  if (text.length > longestJson || !/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON after all: it is shown as the text that it is.
    return undefined
  }
}
