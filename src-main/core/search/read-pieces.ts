import type { QueryProblem } from './query'

/** Text as it was written: quoted text means itself, in unquoted text a star means any text. */
export interface Segment {
  text: string
  isQuoted: boolean
}

export interface Value {
  segments: Segment[]
  from: number
  to: number
}

/** What a query is made of, with its place (half open). */
export type Piece = { from: number; to: number } & (
  | { kind: '(' | ')' | '-' | 'or' | 'and' }
  | { kind: 'text'; value: Value }
  | { kind: 'field'; name: string; nameTo: number; values: Value[] }
)

const fieldName = /^[\p{L}_][\p{L}\p{N}_-]*$/u

/** Cuts a query into pieces. Only a quote that is never closed is a problem here. */
export function readPieces(text: string): { pieces: Piece[]; problems: QueryProblem[] } {
  const pieces: Piece[] = []
  const problems: QueryProblem[] = []
  let at = 0

  function readQuoted(): string {
    const from = at++
    let quoted = ''
    while (at < text.length && text[at] !== '"') {
      if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++
      quoted += text[at++]
    }
    if (at === text.length) problems.push({ from, to: at, message: 'This quote is not closed.' })
    at++
    return quoted
  }

  /** Up to a space, a parenthesis or one of `stops`. */
  function readValue(stops: string): Value {
    const from = at
    const segments: Segment[] = []
    while (at < text.length && !isEnd(text[at]!) && !stops.includes(text[at]!)) {
      if (text[at] === '"') {
        segments.push({ text: readQuoted(), isQuoted: true })
        continue
      }
      const last = segments.at(-1)
      if (last && !last.isQuoted) last.text += text[at]
      else segments.push({ text: text[at]!, isQuoted: false })
      at++
    }
    at = Math.min(at, text.length)
    return { segments, from, to: at }
  }

  function readTerm(): void {
    const from = at
    const value = readValue(':')
    const name = value.segments.length === 1 && !value.segments[0]!.isQuoted ? value.segments[0]!.text : ''
    if (text[at] === ':' && fieldName.test(name)) {
      const nameTo = at
      const values: Value[] = []
      do {
        at++
        values.push(readValue(','))
      } while (text[at] === ',')
      pieces.push({ kind: 'field', name: name.toLowerCase(), nameTo, values, from, to: at })
      return
    }
    const rest = readValue('')
    const segments = joinSegments(value.segments, rest.segments)
    const isWord = segments.length === 1 && !segments[0]!.isQuoted ? segments[0]!.text.toLowerCase() : ''
    if (isWord === 'or' || isWord === 'and') pieces.push({ kind: isWord, from, to: at })
    else pieces.push({ kind: 'text', value: { segments, from, to: at }, from, to: at })
  }

  while (at < text.length) {
    const character = text[at]!
    if (/\s/.test(character)) at++
    else if (character === '(' || character === ')') pieces.push({ kind: character, from: at, to: ++at })
    else if (character === '-' && at + 1 < text.length && !/[\s)]/.test(text[at + 1]!)) {
      pieces.push({ kind: '-', from: at, to: ++at })
    } else readTerm()
  }
  return { pieces, problems }
}

function isEnd(character: string): boolean {
  return character === '(' || character === ')' || /\s/.test(character)
}

function joinSegments(first: Segment[], second: Segment[]): Segment[] {
  const last = first.at(-1)
  const next = second[0]
  if (!last || !next || last.isQuoted || next.isQuoted) return [...first, ...second]
  return [...first.slice(0, -1), { text: last.text + next.text, isQuoted: false }, ...second.slice(1)]
}
