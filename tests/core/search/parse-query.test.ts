import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { asFailure } from '../../../src-main/core/failure'
import { parseQuery, readQuery } from '../../../src-main/core/search/parse-query'
import { printQuery } from '../../../src-main/core/search/print-query'
import { anyQuery, oddTexts } from './any-query'

const numRuns = Number(process.env.NEXUS_TEST_ROUNDS ?? 500)

test('printing a query and parsing it gives the same query, and printing that the same text', () => {
  fc.assert(
    fc.property(anyQuery(), (query) => {
      const text = printQuery(query)
      fc.pre(text.length <= 1000)
      const { query: parsed, problems } = parseQuery(text)
      expect(problems).toEqual([])
      expect(parsed).toEqual(query)
      expect(printQuery(parsed!)).toBe(text)
    }),
    { numRuns },
  )
})

test('any text is either understood or marked where it is not, and never throws', () => {
  const fragments = fc.constantFrom(
    ...oddTexts,
    'domain:',
    'cost:',
    '(',
    ')',
    '-',
    '"',
    ' or ',
    ' ',
    '..',
    '>',
    ',',
    '*',
  )
  const texts = fc.oneof(
    fc.string({ maxLength: 60, unit: 'binary' }),
    fc.array(fragments, { maxLength: 12 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const { query, problems } = parseQuery(text)
      if (problems.length > 0) expect(query).toBeNull()
      if (query === null && problems.length === 0) expect(text.replaceAll(/\s|and/gi, '')).toBe('')
      for (const { from, to, message } of problems) {
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeGreaterThan(from)
        expect(to).toBeLessThanOrEqual(text.length)
        expect(message).toMatch(/[.?]$/)
      }
      if (query) expect(parseQuery(printQuery(query)).query).toEqual(query)
    }),
    { numRuns },
  )
})

test.each([
  ['domain:acme.com model:*opus* status:error', 'domain:acme.com model:*opus* status:error'],
  ['hello   WORLD', 'hello WORLD'],
  ['a or b c', 'a or b c'],
  ['(a or b) c', '(a or b) c'],
  ['a and b', 'a b'],
  ['-(a or b)', '-(a or b)'],
  ['tokens:>1.5k tokens:1k..2M', 'tokens:>1500 tokens:1000..2000000'],
  ['cost:$0.010..0.5 cost:>=1 cost:..2 cost:3..', 'cost:0.01..0.5 cost:>=1 cost:<=2 cost:>=3'],
  ['time:2S..1.5min time:<250ms', 'time:2s..90s time:<250ms'],
  ['domain:"a b",c*', 'domain:"a b",c*'],
  ['domain:""', 'domain:""'],
  ['"or" "-x" fo*', '"or" "-x" fo*'],
  ['status:ERROR,ok,error', 'status:error,ok'],
  ['DOMAIN:Acme.com', 'domain:Acme.com'],
])('%s reads as %s', (text, printed) => {
  expect(printQuery(readQuery(text)!)).toBe(printed)
})

describe('what cannot be understood', () => {
  test.each([
    ['modle:opus', 0, 6, /no field modle.*did you mean model:/, 'model:'],
    ['a host:acme.com', 2, 7, /did you mean domain:/, 'domain:'],
    ['error:yes', 0, 9, /did you mean status:error/, 'status:error'],
    ['http://x.org', 0, 12, /no field http: – the fields are domain:.*quotes/, '"http://x.org"'],
    ['status:eror', 7, 11, /did you mean error/, 'error'],
    ['stream:true', 7, 11, /did you mean yes/, 'yes'],
    ['time:5', 5, 6, /needs its unit/, undefined],
    ['time:5..2s', 5, 10, /needs its unit/, undefined],
    ['time:5s..2s', 5, 11, /ends before it begins/, undefined],
    ['tokens:1,000', 7, 12, /without commas/, undefined],
    ['tokens:0.5', 7, 10, /finer/, undefined],
    ['tokens:99999999999999999999', 7, 27, /whole numbers/, undefined],
    ['tokens:999999999999999k', 7, 23, /larger/, undefined],
    ['cost:..', 5, 7, /one side at least/, undefined],
    ['domain:', 0, 7, /right after domain:/, undefined],
    ['domain:a,', 0, 9, /right after domain:/, undefined],
    ['say "hello', 4, 10, /quote is not closed/, undefined],
    ['(a', 0, 1, /not closed/, undefined],
    ['a)', 1, 2, /closes nothing/, undefined],
    ['()', 0, 1, /nothing in this parenthesis/, undefined],
    ['a or', 2, 4, /both sides/, undefined],
    ['or a', 0, 2, /both sides/, undefined],
    ['-(', 1, 2, /not closed/, undefined],
    ['a -or b', 2, 3, /right after the minus/, undefined],
    ['fo*bar', 0, 6, /end of a word/, undefined],
    ['…', 0, 1, /nothing to look for/, undefined],
  ])('%s', (text, from, to, message, suggestion) => {
    const { query, problems } = parseQuery(text)
    expect(query).toBeNull()
    expect(problems[0]).toMatchObject({ from, to })
    expect(problems[0]!.message).toMatch(message)
    expect(problems[0]!.suggestion).toBe(suggestion)
  })

  test('each field that is wrong is marked', () => {
    const { problems } = parseQuery('modle:x status:no time:3 domain:ok')
    expect(problems.map(({ from, to }) => [from, to])).toEqual([
      [0, 6],
      [15, 17],
      [23, 24],
    ])
  })

  test('a call with it fails as invalid input with the place', () => {
    try {
      readQuery('a modle:x')
      expect.unreachable()
    } catch (error) {
      const failure = asFailure(error)
      expect(failure.code).toBe('invalid-input')
      expect(failure.message).toContain('modle')
      expect(failure.hint).toContain('character 3 to 8: write model: there')
    }
  })

  test.each([
    ['too long', 'a '.repeat(600)],
    ['of too many parts', 'a '.repeat(201)],
    ['nested too deeply', `${'('.repeat(40)}a${')'.repeat(40)}`],
    ['negated too often', `${'-'.repeat(40)}a`],
  ])('one that is %s', (_, text) => {
    expect(parseQuery(text).problems).not.toEqual([])
    expect(parseQuery(text).query).toBeNull()
  })
})
