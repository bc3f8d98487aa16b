import { fields } from './fields'
import type { Condition, Pattern, Query } from './query'
import { printRange } from './read-number'

/** The query as text, one way for each: parsing it gives the same query, printing that the same text. */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case 'or':
      return query.parts.map(printQuery).join(' or ')
    case 'and':
      return query.parts.map((part) => (part.kind === 'or' ? `(${printQuery(part)})` : printQuery(part))).join(' ')
    case 'not':
      return query.part.kind === 'and' || query.part.kind === 'or'
        ? `-(${printQuery(query.part)})`
        : `-${printQuery(query.part)}`
    default:
      return printCondition(query)
  }
}

function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'text':
      return printText(condition.text, condition.isPrefix)
    case 'pattern':
      return `${condition.field}:${condition.patterns.map(printPattern).join(',')}`
    case 'number': {
      const field = fields[condition.field]
      return `${condition.field}:${field.kind === 'number' ? printRange(condition.range, field.unit) : ''}`
    }
    case 'choice':
      return `${condition.field}:${condition.values.join(',')}`
  }
}

/** A value as it is written in a query, in quotes where it needs them: for one that is chosen from a list. */
export function printPattern(pattern: Pattern): string {
  const [first = '', ...rest] = pattern
  if (rest.length === 0 && first === '') return '""'
  return pattern.map((piece) => (/^[^\s"(),*\\]*$/.test(piece) ? piece : quote(piece))).join('*')
}

function printText(text: string, isPrefix: boolean): string {
  const bare = /^[^\s"()*\\:-][^\s"()*\\:]*$/.test(text) && !/^(?:or|and)$/i.test(text) ? text : quote(text)
  return isPrefix ? `${bare}*` : bare
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, '\\$&')}"`
}
