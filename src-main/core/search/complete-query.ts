import type { QueryCompletion, QueryMark } from '../../contract/search'
import { closestName } from './closest-name'
import { fields, findField } from './fields'
import { matchesPattern } from './match-pattern'
import type { ParsedQuery } from './parse-query'
import { printPattern } from './print-query'
import type { FieldName, Pattern, PatternField } from './query'
import { toPattern } from './read-condition'
import type { Piece, Value } from './read-pieces'

/** A value that the data has, and how many requests have it (null: not counted). */
export interface KnownValue {
  value: string
  requests: number | null
}

export type ValuesOf = (field: PatternField) => Promise<readonly KnownValue[]>

export interface Completion {
  from: number
  to: number
  items: QueryCompletion[]
}

const mostItems = 12

/** What could stand at the cursor: values of the field that it is in, or fields that begin like the word. */
export async function completeQuery(parsed: ParsedQuery, at: number, valuesOf: ValuesOf): Promise<Completion> {
  const piece = parsed.pieces.find((each) => each.from <= at && at <= each.to && isOpen(each))
  if (piece?.kind === 'field' && at > piece.nameTo) return completeValue(piece, at, valuesOf)
  if (piece?.kind === 'field') return completeName(piece.from, piece.nameTo + 1, piece.name)
  if (piece?.kind === 'text') {
    const { segments } = piece.value
    const isWord = segments.length === 1 && !segments[0]!.isQuoted
    return isWord ? completeName(piece.from, piece.to, segments[0]!.text) : { from: at, to: at, items: [] }
  }
  return completeName(at, at, '')
}

function isOpen({ kind }: Piece): boolean {
  return kind === 'field' || kind === 'text'
}

function completeName(from: number, to: number, begun: string): Completion {
  const lower = begun.toLowerCase()
  const named = Object.entries(fields).filter(([name, { title }]) => name.startsWith(lower) || beginsWord(title, lower))
  const items = named.map(([name, field]) => ({ text: `${name}:`, label: `${name}:`, detail: field.title }))
  return { from, to, items: items.toSorted((a, b) => rank(a.text, lower) - rank(b.text, lower)) }
}

function rank(text: string, begun: string): number {
  return text.startsWith(begun) ? 0 : 1
}

/** Any word of a title, from three letters on: a single one would bring nearly all. */
function beginsWord(title: string, begun: string): boolean {
  return (
    begun.length > 2 &&
    title
      .toLowerCase()
      .split(' ')
      .some((word) => word.startsWith(begun))
  )
}

async function completeValue(
  piece: Extract<Piece, { kind: 'field' }>,
  at: number,
  valuesOf: ValuesOf,
): Promise<Completion> {
  const value = piece.values.find((each) => each.from <= at && at <= each.to) ?? piece.values.at(-1)!
  const { from, to } = value
  const field = findField(piece.name)
  const begun = plainText(value).replaceAll('*', '').toLowerCase()
  switch (field?.kind) {
    case 'choice': {
      const items = Object.entries(field.choices).map(([text, detail]) => ({ text, label: text, detail }))
      return { from, to, items: items.filter(({ text }) => text.startsWith(begun)) }
    }
    case 'pattern': {
      const known = await valuesOf(field.field)
      const items = known
        .filter((each) => each.value.toLowerCase().includes(begun))
        .slice(0, mostItems)
        .map(({ value: text, requests }) => ({
          text: printPattern([text]),
          label: text === '' ? 'none' : text,
          detail: requests === null ? '' : `${requests.toLocaleString('en')} requests`,
        }))
      return { from, to, items }
    }
    case 'number': {
      const items = field.unit.examples.map(({ text, means }) => ({
        text,
        label: `${piece.name}:${text}`,
        detail: means,
      }))
      return { from, to, items: items.filter(({ text }) => text.startsWith(begun)) }
    }
    default:
      return { from, to, items: [] }
  }
}

/** Names that no request here has: such a query is understood and finds nothing, which may be a slip of the pen. */
export async function unknownValues(parsed: ParsedQuery, valuesOf: ValuesOf): Promise<QueryMark[]> {
  const marks: QueryMark[] = []
  for (const piece of parsed.pieces) {
    const field = piece.kind === 'field' ? findField(piece.name) : null
    if (piece.kind !== 'field' || field?.kind !== 'pattern') continue
    const known = (await valuesOf(field.field)).map(({ value }) => value)
    for (const value of piece.values) {
      const pattern = toPattern(value)
      const isKnown = known.some((each) => matchesPattern([pattern], each))
      if (!isKnown && value.segments.length > 0)
        marks.push(unknownValue(piece.name as FieldName, value, pattern, known))
    }
  }
  return marks
}

function unknownValue(name: FieldName, { from, to }: Value, pattern: Pattern, known: readonly string[]): QueryMark {
  const text = pattern.join('')
  const isWithin = text !== '' && known.some((each) => matchesPattern([['', text, '']], each))
  const closest = closestName(text, known)
  const suggestion = isWithin ? printPattern(['', text, '']) : closest === null ? undefined : printPattern([closest])
  const message = `No request here has ${name}:${printPattern(pattern)}${suggestion ? ` – did you mean ${suggestion}?` : '.'}`
  return { from, to, message, ...(suggestion && { suggestion }) }
}

function plainText({ segments }: Value): string {
  return segments.map(({ text }) => text).join('')
}
