/*
 * What of the rows a window asks for, as SQL over `request`. Nothing that a user wrote becomes text of a statement:
 * names become codes of the word list, figures are bound, words become ids of the requests that have them.
 */
import type { QueryWindow } from '../core/ports'
import { matchesPattern } from '../core/search/match-pattern'
import {
  conditionsOf,
  type Choices,
  type Condition,
  type NumberField,
  type NumberRange,
  type PatternField,
  type Query,
  type TextCondition,
} from '../core/search/query'
import { pricing } from './price-request'
import { errorCondition, sourceNull } from './schema'
import { joinUuids, type SqlValue, type Statements } from './session'
import type { Words } from './words'

/** Gives a place for a value in the statement. */
export type Bound = (value: SqlValue) => string

/** Ids of the requests whose text has the words. */
export type FindText = (statements: Statements, condition: TextCondition) => Promise<string[]>

export interface RowFilter {
  /** The roll-up can answer: it knows domains and models alone. */
  isRolledUp: boolean
  /** Conditions that go on from others, each with AND before it. */
  sql(bound: Bound): string
}

/** The window's domain, model and query; null when no row can pass. '' is the rows without a domain or model. */
export async function makeRowFilter(
  statements: Statements,
  context: { words: Words; findText: FindText },
  { domain, model, query }: Pick<QueryWindow, 'domain' | 'model' | 'query'>,
): Promise<RowFilter | null> {
  const { words, findText } = context
  const codes: string[] = []
  for (const [column, text] of Object.entries({ domain, model })) {
    if (text === undefined) continue
    const code = text === '' ? 0 : words.find(text)
    if (code === null) return null
    codes.push(`AND ${column} = ${code}`)
  }
  if (query === undefined) return { isRolledUp: true, sql: () => codes.join(' ') }

  const conditions = conditionsOf(query)
  const found = new Map<TextCondition, string | null>()
  for (const condition of conditions) {
    if (condition.kind === 'text') found.set(condition, joinUuids(await findText(statements, condition)))
  }
  return {
    isRolledUp: conditions.every(({ kind, ...rest }) => kind === 'pattern' && isRolledUpField(rest)),
    sql: (bound) => [...codes, `AND ${compile(query, { words, bound, found })}`].join(' '),
  }
}

function isRolledUpField(condition: object): boolean {
  return 'field' in condition && (condition.field === 'domain' || condition.field === 'model')
}

interface Compiling {
  words: Words
  bound: Bound
  /** Ids for the words, as one text; null for none. */
  found: ReadonlyMap<TextCondition, string | null>
}

/** True or false for each row, never null: NOT is then exactly the rest. */
function compile(query: Query, compiling: Compiling): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return `(${query.parts.map((part) => compile(part, compiling)).join(query.kind === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `(NOT ${compile(query.part, compiling)})`
    default:
      return compileCondition(query, compiling)
  }
}

function compileCondition(condition: Condition, { words, bound, found }: Compiling): string {
  switch (condition.kind) {
    case 'pattern':
      return isOneOf(patternColumns[condition.field], codesOf(words, condition.patterns), bound)
    case 'number':
      return `(${figures[condition.field].isKnown} AND ${compare(figures[condition.field].sql, condition.range, bound)})`
    case 'choice': {
      const { field, values } = condition
      const known = choices[field] as Record<string, string>
      return `(${values.map((value) => known[value]!).join(' OR ')})`
    }
    case 'text': {
      const ids = found.get(condition) ?? null
      return ids === null ? 'false' : `(id IN (SELECT unnest(string_split(${bound(ids)}, ','))::UUID))`
    }
  }
}

function codesOf(words: Words, patterns: Parameters<typeof matchesPattern>[0]): number[] {
  const codes = words.matching((text) => matchesPattern(patterns, text))
  return matchesPattern(patterns, '') ? [0, ...codes] : codes
}

function isOneOf(column: string, codes: readonly number[], bound: Bound): string {
  if (codes.length === 0) return 'false'
  if (codes.length > mostListed)
    return `(${column} IN (SELECT unnest(string_split(${bound(codes.join(','))}, ','))::UINTEGER))`
  return `(${column} IN (${codes.map((code) => `${bound(code)}::UINTEGER`).join(', ')}))`
}

/** With more codes than this they are one bound text instead of a value each. */
const mostListed = 20

function compare(figure: string, range: NumberRange, bound: Bound): string {
  if (range.is === '..') return `${figure} >= ${bound(range.from)} AND ${figure} <= ${bound(range.to)}`
  return `${figure} ${range.is} ${bound(range.value)}`
}

const patternColumns: Record<PatternField, string> = {
  domain: 'domain',
  model: 'model',
  type: 'request_type',
  stop: 'stop_reason',
}

const figures: Record<NumberField, { isKnown: string; sql: string }> = {
  tokens: { isKnown: 'true', sql: '(input_tokens::BIGINT + output_tokens)' },
  cost: { isKnown: `pricing = ${pricing.priced}`, sql: 'cost_pico' },
  time: { isKnown: `source_nulls & ${sourceNull.responseTimeMs} = 0`, sql: 'response_time_ms::BIGINT' },
}

const choices: { [Field in keyof Choices]: Record<Choices[Field], string> } = {
  status: {
    ok: `(answered = 1 AND NOT ${errorCondition})`,
    error: errorCondition,
    unanswered: `(answered = 0 AND NOT ${errorCondition})`,
  },
  stream: { yes: 'stream = 1', no: 'stream = 0' },
  has: { cost: `pricing = ${pricing.priced}`, cache: 'cache_read_tokens > 0' },
}
