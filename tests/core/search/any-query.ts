import * as fc from '../../fakes/seeded-check'
import type { Condition, NumberField, NumberRange, Pattern, Query } from '../../../src-main/core/search/query'
import { textUnits } from '../../../src-main/core/search/text-units'

/** Texts that try the grammar: its own signs, other scripts, SQL. */
export const oddTexts = [
  '',
  'or',
  'AND',
  '-x',
  'a b',
  'say "hi"',
  'back\\slash',
  '(x)',
  'a,b',
  'a*b',
  'model:opus',
  "'; DROP TABLE request; --",
  '$1',
  '%_%',
  'Straße',
  'İstanbul',
  '日本語',
  'naïve café',
  '\u0000',
  '😀',
]

const anyText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ maxLength: 12, unit: 'binary' }))

function anyPattern(texts: fc.Arbitrary<string>): fc.Arbitrary<Pattern> {
  const piece = texts.filter((text) => text !== '')
  return fc.oneof(
    texts.map((text) => [text]),
    fc
      .tuple(fc.oneof(fc.constant(''), texts), fc.array(piece, { maxLength: 2 }), fc.oneof(fc.constant(''), texts))
      .map(([first, inner, last]) => [first, ...inner, last]),
  )
}

function anyRange(numbers: fc.Arbitrary<number>): fc.Arbitrary<NumberRange> {
  return fc.oneof(
    fc.record({
      is: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const, '=' as const),
      value: numbers,
    }),
    fc.tuple(numbers, numbers).map(([a, b]) => ({ is: '..' as const, from: Math.min(a, b), to: Math.max(a, b) })),
  )
}

export interface QueryOf {
  /** What names and words are made of. */
  texts?: fc.Arbitrary<string>
  numbers?: Partial<Record<NumberField, fc.Arbitrary<number>>>
}

export function anyCondition({ texts = anyText, numbers = {} }: QueryOf = {}): fc.Arbitrary<Condition> {
  const number = (field: NumberField) => numbers[field] ?? fc.maxSafeNat()
  const someOf = <Value>(...values: Value[]) => fc.subarray(values, { minLength: 1 })
  return fc.oneof(
    fc
      .record({ text: texts, isPrefix: fc.boolean() })
      .filter(({ text, isPrefix }) => {
        const { length } = textUnits(text)
        return length > 0 && (!isPrefix || textUnits(`${text}a`).length === length)
      })
      .map((words) => ({ kind: 'text' as const, ...words })),
    fc.record({
      kind: fc.constant('pattern' as const),
      field: fc.constantFrom(...(['domain', 'model', 'type', 'stop', 'tool', 'tag'] as const)),
      patterns: fc.array(anyPattern(texts), { minLength: 1, maxLength: 3 }),
    }),
    fc
      .constantFrom('tokens' as const, 'cost' as const, 'time' as const)
      .chain((field) =>
        fc.record({ kind: fc.constant('number' as const), field: fc.constant(field), range: anyRange(number(field)) }),
      ),
    fc.record({
      kind: fc.constant('choice' as const),
      field: fc.constant('status' as const),
      values: someOf('ok' as const, 'error' as const, 'unanswered' as const),
    }),
    fc.record({
      kind: fc.constant('choice' as const),
      field: fc.constant('stream' as const),
      values: someOf('yes' as const, 'no' as const),
    }),
    fc.record({
      kind: fc.constant('choice' as const),
      field: fc.constant('has' as const),
      values: someOf(...(['cost', 'cache', 'tool', 'note', 'pin', 'tag'] as const)),
    }),
  )
}

/** Queries as the parser makes them: no group of one, none right within its own kind. */
export function anyQuery(of: QueryOf = {}): fc.Arbitrary<Query> {
  return fc.letrec<{ query: Query }>((tie) => {
    const parts = fc.array(tie('query'), { minLength: 2, maxLength: 3 })
    const group = (kind: 'and' | 'or') =>
      parts.map((each): Query => ({ kind, parts: each.flatMap((part) => (part.kind === kind ? part.parts : [part])) }))
    return {
      query: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        anyCondition(of),
        tie('query').map((part): Query => ({ kind: 'not', part })),
        group('and'),
        group('or'),
      ),
    }
  }).query
}
