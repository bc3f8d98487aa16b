import { longestQuery } from '../../contract/scope'
import { Failure } from '../failure'
import type { Query, QueryProblem } from './query'
import { readField, readText } from './read-condition'
import { readPieces, type Piece } from './read-pieces'

export interface ParsedQuery {
  /** Null when there is nothing to ask, or a problem. */
  query: Query | null
  /** In the order of the text; empty for a query that can be asked. */
  problems: QueryProblem[]
  pieces: Piece[]
}

const mostPieces = 200
const deepestNesting = 30

/** Reads a query. Never throws: what cannot be understood is told with its place. */
export function parseQuery(text: string): ParsedQuery {
  if (text.length > longestQuery) {
    const message = `A query has at most ${longestQuery} characters.`
    return { query: null, problems: [{ from: longestQuery, to: text.length, message }], pieces: [] }
  }
  const { pieces, problems } = readPieces(text)
  if (pieces.length > mostPieces) {
    const message = `A query has at most ${mostPieces} parts.`
    return { query: null, problems: [{ from: pieces[mostPieces]!.from, to: text.length, message }], pieces }
  }
  const query = readGroups(text, pieces, problems)
  const sorted = problems.toSorted((a, b) => a.from - b.from)
  return { query: sorted.length === 0 ? query : null, problems: sorted, pieces }
}

/** The query that a text says, null for none. Throws `invalid-input` with the place of what cannot be understood. */
export function readQuery(text: string): Query | null {
  const { query, problems } = parseQuery(text)
  const [first] = problems
  if (!first) return query
  throw new Failure('invalid-input', {
    message: first.message,
    hint: `In the query, character ${first.from + 1} to ${first.to}${
      first.suggestion === undefined ? '' : `: write ${first.suggestion} there`
    }.`,
  })
}

function readGroups(text: string, pieces: readonly Piece[], problems: QueryProblem[]): Query | null {
  let at = 0
  let depth = 0

  function readOr(): Query | null {
    const parts: Query[] = []
    for (;;) {
      const part = readAnd()
      if (part) parts.push(part)
      const or = pieces[at]
      if (or?.kind !== 'or') return group('or', parts)
      at++
      const follows = pieces[at]
      const isLast = follows === undefined || follows.kind === ')' || follows.kind === 'or'
      if (isLast || (part === null && problems.length === 0)) {
        const message = 'or needs something on both sides. Put quotes around it to look for the word.'
        problems.push(complain(or, message))
      }
    }
  }

  function readAnd(): Query | null {
    const parts: Query[] = []
    for (;;) {
      const piece = pieces[at]
      if (piece === undefined || piece.kind === 'or') break
      if (piece.kind === ')') {
        if (depth > 0) break
        problems.push(complain(piece, 'This parenthesis closes nothing.'))
        at++
        continue
      }
      if (piece.kind === 'and') {
        at++
        continue
      }
      const part = readOne(piece)
      if (part) parts.push(part)
    }
    return group('and', parts)
  }

  function readOne(piece: Piece): Query | null {
    at++
    switch (piece.kind) {
      case '-': {
        const next = pieces[at]
        if (next === undefined || next.kind === ')' || next.kind === 'or' || next.kind === 'and') {
          problems.push(complain(piece, 'Write what to leave out right after the minus.'))
          return null
        }
        const part = nested(piece, () => readOne(next))
        return part && { kind: 'not', part }
      }
      case '(':
        return nested(piece, () => {
          const inner = readOr()
          if (pieces[at]?.kind === ')') at++
          else problems.push(complain(piece, 'This parenthesis is not closed.'))
          if (inner === null && problems.length === 0) {
            problems.push(complain(piece, 'There is nothing in this parenthesis.'))
          }
          return inner
        })
      case 'text':
        return take(readText(piece.value))
      case 'field':
        return take(readField(piece, text))
      default:
        return null
    }
  }

  function nested(piece: Piece, read: () => Query | null): Query | null {
    depth++
    try {
      if (depth <= deepestNesting) return read()
      problems.push(complain(piece, 'This is nested too deeply.'))
      at = pieces.length
      return null
    } finally {
      depth--
    }
  }

  function take(read: ReturnType<typeof readText>): Query | null {
    if ('condition' in read) return read.condition
    problems.push(read.problem)
    return null
  }

  return readOr()
}

/** One part stands for itself; groups of the same kind become one. */
function group(kind: 'and' | 'or', parts: readonly Query[]): Query | null {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]))
  return flat.length < 2 ? (flat[0] ?? null) : { kind, parts: flat }
}

function complain({ from, to }: Piece, message: string): QueryProblem {
  return { from, to, message }
}
