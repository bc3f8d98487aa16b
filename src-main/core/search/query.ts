/*
 * A query once it is understood: a closed set of conditions, put together by and, or and not. Each condition is true or
 * false for every request, never unknown, so that a negation is exactly the rest. docs/query-language.md tells users.
 */

export type PatternField = 'domain' | 'model' | 'type' | 'stop' | 'tool' | 'tag'
export type NumberField = 'tokens' | 'cost' | 'time'

export interface Choices {
  status: 'ok' | 'error' | 'unanswered'
  stream: 'yes' | 'no'
  has: 'cost' | 'cache' | 'tool' | 'note' | 'pin' | 'tag'
}
export type ChoiceField = keyof Choices

export type FieldName = PatternField | NumberField | ChoiceField

/** Literal pieces with any text between them: one piece is the whole text, `['a', '']` all that begins with a. */
export type Pattern = readonly string[]

/** Words that stand next to each other in what was said. */
export interface TextCondition {
  kind: 'text'
  text: string
  /** The last word may go on. */
  isPrefix: boolean
}

/** One of the field's texts is one of these, whatever its case. A request without any has the text ''. */
export interface PatternCondition {
  kind: 'pattern'
  field: PatternField
  patterns: Pattern[]
}

/** Whole numbers of the smallest unit: tokens, picodollars, milliseconds. Both ends of `..` are within. */
export type NumberRange = { is: '>' | '>=' | '<' | '<=' | '='; value: number } | { is: '..'; from: number; to: number }

/** False for a request that has no such figure. */
export interface NumberCondition {
  kind: 'number'
  field: NumberField
  range: NumberRange
}

export type ChoiceCondition = {
  [Field in ChoiceField]: { kind: 'choice'; field: Field; values: Choices[Field][] }
}[ChoiceField]

export type Condition = TextCondition | PatternCondition | NumberCondition | ChoiceCondition

/** Groups have two parts or more, and none of their own kind right below. */
export type Query =
  Condition | { kind: 'and'; parts: Query[] } | { kind: 'or'; parts: Query[] } | { kind: 'not'; part: Query }

/** What cannot be understood, and where: half open, in UTF-16 units of the text. */
export interface QueryProblem {
  from: number
  to: number
  /** A whole sentence. */
  message: string
  /** What to write there instead. */
  suggestion?: string
}

/** Every condition of a query, in the order of reading. */
export function conditionsOf(query: Query): Condition[] {
  if (query.kind === 'and' || query.kind === 'or') return query.parts.flatMap(conditionsOf)
  return query.kind === 'not' ? conditionsOf(query.part) : [query]
}
