import * as fc from '../../fakes/seeded-check'
import { expect, test } from 'vitest'
import { conditionsOf, type Condition, type Query } from '../../../src-main/core/search/query'
import { readQuery } from '../../../src-main/core/search/parse-query'
import { decidedByWords, textConditions } from '../../../src-main/core/search/undecided'
import { anyQuery } from './any-query'

function judge(query: Query | boolean, holds: (condition: Condition) => boolean): boolean {
  if (typeof query === 'boolean') return query
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => judge(part, holds))
    case 'or':
      return query.parts.some((part) => judge(part, holds))
    case 'not':
      return !judge(query.part, holds)
    default:
      return holds(query)
  }
}

test('a request for which words can make a difference is one that they are looked for in', () => {
  fc.assert(
    fc.property(anyQuery(), fc.infiniteStream(fc.boolean()), (query, truths) => {
      const decided = decidedByWords(query)
      if (typeof decided !== 'boolean') expect(textConditions(decided)).toEqual([])
      const others = new Map(conditionsOf(query).map((condition) => [condition, truths.next().value as boolean]))
      const withWords = (has: () => boolean) =>
        judge(query, (condition) => (condition.kind === 'text' ? has() : others.get(condition)!))
      const random = Array.from({ length: 6 }, () => withWords(() => truths.next().value as boolean))
      if (new Set(random).size > 1) expect(judge(decided, (condition) => others.get(condition)!)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['deploy', true],
  ['-deploy', true],
  ['deploy or -deploy model:a', true],
])('%s alone is decided by words: %s', (text, decided) => {
  expect(decidedByWords(readQuery(text)!)).toBe(decided)
})

test('what holds anyway, or cannot hold, needs no words', () => {
  const query = readQuery('(deploy or domain:a) model:b')!
  const decided = decidedByWords(query)
  const holding = (names: string[]) =>
    judge(decided, (condition) => condition.kind === 'pattern' && names.includes(condition.field))
  expect(holding(['model'])).toBe(true)
  expect(holding(['model', 'domain'])).toBe(false)
  expect(holding(['domain'])).toBe(false)
})
