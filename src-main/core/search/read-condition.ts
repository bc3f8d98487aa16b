import { closestName } from './closest-name'
import { fields, findField, guessField, type Field } from './fields'
import type { ChoiceCondition, Condition, Pattern, QueryProblem } from './query'
import { readRange } from './read-number'
import type { Piece, Value } from './read-pieces'
import { textUnits } from './text-units'

type Read = { condition: Condition } | { problem: QueryProblem }

/** The condition of `name:value,value`, a piece of `source`. */
export function readField(piece: Extract<Piece, { kind: 'field' }>, source: string): Read {
  const { name, from, nameTo, to, values } = piece
  const field = findField(name)
  if (field === null) return { problem: unknownField(piece, source) }
  const empty = values.find(({ segments }) => segments.length === 0)
  if (empty) {
    const message = `Write a value right after ${name}: as in ${field.example}.`
    return { problem: { from, to: Math.max(empty.to, nameTo + 1), message } }
  }
  switch (field.kind) {
    case 'pattern':
      return { condition: { kind: 'pattern', field: field.field, patterns: values.map(toPattern) } }
    case 'number': {
      const span = { from: nameTo + 1, to }
      if (values.length > 1) {
        const message = `Write large numbers without commas, and join several ranges with or. ${field.unit.sentence}`
        return { problem: { ...span, message } }
      }
      const range = readRange(plainText(values[0]!), field.unit)
      if (typeof range === 'string') return { problem: { ...span, message: range } }
      return { condition: { kind: 'number', field: field.field, range } }
    }
    case 'choice':
      return readChoices(field, values)
  }
}

/** Words to look for. */
export function readText(value: Value): Read {
  const last = value.segments.at(-1)
  const isPrefix = last !== undefined && !last.isQuoted && last.text.endsWith('*')
  const text = plainText(value)
  const words = isPrefix ? text.slice(0, -1) : text
  const { from, to } = value
  const unquoted = value.segments.map((segment) => (segment.isQuoted ? '' : segment.text)).join('')
  if ((isPrefix ? unquoted.slice(0, -1) : unquoted).includes('*')) {
    const message = 'In text, * can stand only at the end of a word. Put quotes around it to look for the star itself.'
    return { problem: { from, to, message } }
  }
  const units = textUnits(words)
  if (units.length === 0 || (isPrefix && !endsInWord(words))) {
    return { problem: { from, to, message: 'There is no letter or digit in this, so nothing to look for.' } }
  }
  return { condition: { kind: 'text', text: words, isPrefix } }
}

/** Whether a star behind the text would go on with its last word. */
function endsInWord(text: string): boolean {
  return textUnits(`${text}a`).length === textUnits(text).length
}

function readChoices(field: Extract<Field, { kind: 'choice' }>, values: Value[]): Read {
  const names = Object.keys(field.choices)
  const chosen: string[] = []
  for (const value of values) {
    const text = plainText(value).toLowerCase()
    if (!names.includes(text)) {
      const suggestion = otherChoices[text] ?? closestName(text, names)
      const known = names.includes(suggestion ?? '')
      const message = `${field.field}: knows ${listOf(names)}${known ? ` – did you mean ${suggestion}?` : '.'}`
      return { problem: { from: value.from, to: value.to, message, ...(known && { suggestion: suggestion! }) } }
    }
    if (!chosen.includes(text)) chosen.push(text)
  }
  return { condition: { kind: 'choice', field: field.field, values: chosen } as ChoiceCondition }
}

/** Words that mean one of the choices elsewhere. */
const otherChoices: Record<string, string> = {
  true: 'yes',
  false: 'no',
  '1': 'yes',
  '0': 'no',
  failed: 'error',
  success: 'ok',
  running: 'unanswered',
  pending: 'unanswered',
  open: 'unanswered',
  price: 'cost',
  notes: 'note',
  pinned: 'pin',
  tags: 'tag',
  tools: 'tool',
}

function unknownField({ name, from, nameTo, to }: Extract<Piece, { kind: 'field' }>, source: string): QueryProblem {
  const guess = guessField(name)
  if (guess !== null) {
    const isWhole = !guess.endsWith(':')
    const message = `There is no field ${name}: – did you mean ${guess}?`
    return { from, to: isWhole ? to : nameTo + 1, message, suggestion: guess }
  }
  const names = listOf(Object.keys(fields).map((each) => `${each}:`))
  const message = `There is no field ${name}: – the fields are ${names}. To look for it as text, put quotes around it.`
  return { from, to, message, suggestion: `"${source.slice(from, to).replaceAll('"', '')}"` }
}

/** What a written value means. */
export function toPattern({ segments }: Value): Pattern {
  const pieces = ['']
  for (const { text, isQuoted } of segments) {
    const [first = '', ...rest] = isQuoted ? [text] : text.split('*')
    pieces[pieces.length - 1] += first
    pieces.push(...rest)
  }
  // Several stars in a row say the same as one.
  return pieces.filter((piece, index) => piece !== '' || index === 0 || index === pieces.length - 1)
}

function plainText({ segments }: Value): string {
  return segments.map(({ text }) => text).join('')
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
