import { conditionsOf, type Query, type TextCondition } from './query'

/** The words that a query looks for, each once. */
export function textConditions(query: Query | undefined): TextCondition[] {
  const found = query === undefined ? [] : conditionsOf(query).filter((condition) => condition.kind === 'text')
  return [...new Map(found.map((condition) => [textKey(condition), condition])).values()]
}

/** The same for conditions that look for the same words. */
export function textKey({ text, isPrefix }: TextCondition): string {
  return JSON.stringify([text, isPrefix])
}

/**
 * The query for which a request's words decide: it can pass, and it can fail, by what its text has. True or false where
 * that is so for every request or for none.
 */
export function decidedByWords(query: Query): Query | boolean {
  return both(assume(query, true), not(assume(query, false)))
}

/** What is left of a query when its words are taken to stand in favour of it, or against it. */
function assume(query: Query, isFavourable: boolean): Query | boolean {
  switch (query.kind) {
    case 'text':
      return isFavourable
    case 'not':
      return not(assume(query.part, !isFavourable))
    case 'and':
      return query.parts.map((part) => assume(part, isFavourable)).reduce(both)
    case 'or':
      return not(query.parts.map((part) => not(assume(part, isFavourable))).reduce(both))
    default:
      return query
  }
}

function not(query: Query | boolean): Query | boolean {
  if (typeof query === 'boolean') return !query
  return query.kind === 'not' ? query.part : { kind: 'not', part: query }
}

function both(one: Query | boolean, other: Query | boolean): Query | boolean {
  if (typeof one === 'boolean') return one && other
  if (typeof other === 'boolean') return other && one
  return { kind: 'and', parts: [one, other] }
}
