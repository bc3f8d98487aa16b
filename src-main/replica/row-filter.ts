/*
 * What of the rows a window asks for, as SQL over `request`. Nothing that a user wrote becomes text of a statement:
 * names become codes of the word list, figures are bound, words become ids of the requests that have them.
 */
import type { Annotation } from '../contract/annotations'
import { annotatedRequests } from '../core/annotations/annotation-list'
import type { QueryWindow } from '../core/ports'
import { matchesPattern } from '../core/search/match-pattern'
import {
  conditionsOf,
  type Choices,
  type Condition,
  type NumberField,
  type NumberRange,
  type PatternCondition,
  type PatternField,
  type Query,
  type TextCondition,
} from '../core/search/query'
import { pricing } from './price-request'
import type { ReadContext } from './read-context'
import { errorCondition, timeKnownCondition } from './schema'
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
  context: Pick<ReadContext, 'words' | 'findText' | 'annotations'>,
  { domain, model, query }: Pick<QueryWindow, 'domain' | 'model' | 'query'>,
): Promise<RowFilter | null> {
  const { words, findText, annotations } = context
  const codes: string[] = []
  for (const [column, text] of Object.entries({ domain, model })) {
    if (text === undefined) continue
    const code = text === '' ? 0 : words.find(text)
    if (code === null) return null
    codes.push(`AND ${column} = ${code}`)
  }
  if (query === undefined) return { isRolledUp: true, sql: () => codes.join(' ') }

  const conditions = conditionsOf(query)
  const found = new Map<TextCondition, readonly string[]>()
  for (const condition of conditions) {
    if (condition.kind === 'text') found.set(condition, await findText(statements, condition))
  }
  return {
    isRolledUp: conditions.every(isRolledUp),
    sql: (bound) => [...codes, `AND ${compile(query, { words, annotations: annotations(), bound, found })}`].join(' '),
  }
}

function isRolledUp(condition: Condition): boolean {
  return condition.kind === 'pattern' && (condition.field === 'domain' || condition.field === 'model')
}

interface Compiling {
  words: Words
  annotations: readonly Annotation[]
  bound: Bound
  /** Ids of the requests that have the words. */
  found: ReadonlyMap<TextCondition, readonly string[]>
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

function compileCondition(condition: Condition, compiling: Compiling): string {
  const { bound, found } = compiling
  switch (condition.kind) {
    case 'pattern':
      return compilePattern(condition, compiling)
    case 'number':
      return `(${figures[condition.field].isKnown} AND ${compare(figures[condition.field].sql, condition.range, bound)})`
    case 'choice':
      return `(${condition.values.map((value) => compileChoice(`${condition.field}:${value}` as ChoiceName, compiling)).join(' OR ')})`
    case 'text':
      return isOneOfIds(found.get(condition) ?? [], bound)
  }
}

function compilePattern({ field, patterns }: PatternCondition, { words, annotations, bound }: Compiling): string {
  const passes = (text: string): boolean => matchesPattern(patterns, text)
  const takesNone = passes('')
  switch (field) {
    case 'tool': {
      const called = `(id IN (SELECT id FROM tool_call WHERE ${isOneOf('tool', words.matching(passes), bound)}))`
      return takesNone ? `(${called} OR NOT ${callsTool})` : called
    }
    case 'tag': {
      const tagged = isAnnotated(annotations, ({ tags }) => tags.some(passes), bound)
      return takesNone ? `(${tagged} OR NOT ${isAnnotated(annotations, hasTag, bound)})` : tagged
    }
    default:
      return isOneOf(patternColumns[field], [...(takesNone ? [0] : []), ...words.matching(passes)], bound)
  }
}

function compileChoice(choice: ChoiceName, { annotations, bound }: Compiling): string {
  switch (choice) {
    case 'has:note':
      return isAnnotated(annotations, ({ note }) => note !== '', bound)
    case 'has:pin':
      return isAnnotated(annotations, ({ isPinned }) => isPinned, bound)
    case 'has:tag':
      return isAnnotated(annotations, hasTag, bound)
    default:
      return choices[choice]
  }
}

function hasTag({ tags }: Annotation): boolean {
  return tags.length > 0
}

/** Requests with such an annotation on one of their messages, or on the conversation that they belong to. */
function isAnnotated(all: readonly Annotation[], isWanted: (annotation: Annotation) => boolean, bound: Bound): string {
  const { requestIds, conversationsOf } = annotatedRequests(all, isWanted)
  const single = isOneOfIds([...requestIds, ...conversationsOf], bound)
  if (conversationsOf.length === 0) return single
  return `(${single} OR id IN (SELECT id FROM thread_link WHERE conversation_id IN (
    SELECT conversation_id FROM thread_link WHERE ${isOneOfIds(conversationsOf, bound)})))`
}

function isOneOfIds(ids: readonly string[], bound: Bound): string {
  const joined = joinUuids(ids)
  return joined === null ? 'false' : `(id IN (SELECT unnest(string_split(${bound(joined)}, ','))::UUID))`
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

const patternColumns: Record<Exclude<PatternField, 'tool' | 'tag'>, string> = {
  domain: 'domain',
  model: 'model',
  type: 'request_type',
  stop: 'stop_reason',
}

const figures: Record<NumberField, { isKnown: string; sql: string }> = {
  tokens: { isKnown: 'true', sql: '(input_tokens::BIGINT + output_tokens)' },
  cost: { isKnown: `pricing = ${pricing.priced}`, sql: 'cost_pico' },
  time: { isKnown: timeKnownCondition, sql: 'response_time_ms::BIGINT' },
}

const callsTool = '(id IN (SELECT id FROM tool_call))'

type ChoiceName = { [Field in keyof Choices]: `${Field}:${Choices[Field]}` }[keyof Choices]

const choices: Record<Exclude<ChoiceName, 'has:note' | 'has:pin' | 'has:tag'>, string> = {
  'status:ok': `(answered = 1 AND NOT ${errorCondition})`,
  'status:error': errorCondition,
  'status:unanswered': `(answered = 0 AND NOT ${errorCondition})`,
  'stream:yes': 'stream = 1',
  'stream:no': 'stream = 0',
  'has:cost': `pricing = ${pricing.priced}`,
  'has:cache': 'cache_read_tokens > 0',
  'has:tool': callsTool,
}
