import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import prices from '../../../resources/claude-prices.json'
import { Failure } from '../../../src-main/core/failure'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { normaliseModelId, withDashes } from '../../../src-main/core/pricing/normalise-model-id'
import type { UsageToPrice } from '../../../src-main/core/pricing/usage-to-price'
import { checkedPrices, noUsage, toUsage } from './checked-prices'

const ledger = createLedger(prices)

describe('the price of one request', () => {
  test.each(checkedPrices)('is right to a billionth of a dollar: %s', (...row) => {
    const usd = row[5]
    const { picoUsd } = ledger.price(toUsage(row))
    expect(picoUsd === null ? null : Math.abs(picoUsd / 1e12 - (usd ?? NaN)) <= 1e-9).toBe(usd === null ? null : true)
  })

  test('is a whole number of picodollars that its parts add up to, whatever was used', () => {
    fc.assert(
      fc.property(anyUsage, (usage) => {
        const { picoUsd } = ledger.price(usage)
        const { totalUsd, parts, notes } = ledger.explain(usage)
        if (picoUsd === null) {
          expect([totalUsd, parts]).toEqual([null, []])
          expect(notes).not.toEqual([])
          return
        }
        expect(Number.isSafeInteger(picoUsd) && picoUsd >= 0).toBe(true)
        expect(totalUsd).toBe(picoUsd / 1e12)
        expect(parts.reduce((sum, part) => sum + Math.round(part.costUsd * 1e12), 0)).toBe(picoUsd)
      }),
      { numRuns: 3000 },
    )
  })

  test('is zero for no usage, even of a model that is not known or not named', () => {
    for (const model of ['claude-opus-5', 'unheard-of', null]) {
      expect(ledger.price({ ...noUsage, model })).toEqual({ picoUsd: 0, lowerBound: false })
    }
    expect(ledger.price({ ...noUsage, model: null, outputTokens: 1 }).picoUsd).toBeNull()
  })

  test('is a lower bound where the lifetime of cache writes is not stored', () => {
    const usage = { ...noUsage, cacheWrite5mTokens: 1000, cacheWriteSplitUnknown: true }
    expect(ledger.price(usage)).toEqual({ picoUsd: 6_250_000_000, lowerBound: true })
    expect(ledger.price({ ...usage, cacheWrite5mTokens: 0 }).lowerBound).toBe(false)
    expect(ledger.explain(usage).notes.join(' ')).toContain('priced as 5 minutes')
  })

  test('is a lower bound on Vertex, where a region is not told from the global endpoint', () => {
    expect(ledger.price({ ...noUsage, model: 'claude-opus-4-5@20251101', inputTokens: 1 }).lowerBound).toBe(true)
    expect(ledger.price({ ...noUsage, model: 'claude-3-5-sonnet-v2@20241022', inputTokens: 1 }).lowerBound).toBe(false)
  })

  test('takes a count below zero as none', () => {
    expect(ledger.price({ ...noUsage, inputTokens: -5, outputTokens: 2 }).picoUsd).toBe(50_000_000)
  })
})

describe('the explanation of a price', () => {
  test('has a line for each thing that changes the list price', () => {
    const used = { ...noUsage, model: 'claude-opus-4-6', inputTokens: 1000, outputTokens: 100 }
    const lines = (patch: Partial<UsageToPrice>) =>
      ledger.explain({ ...used, ...patch }).parts.map(({ kind, costUsd }) => [kind, costUsd])
    const plain = [
      ['input', 0.005],
      ['output', 0.0025],
    ]
    expect(lines({})).toEqual(plain)
    expect(lines({ serviceTier: 'batch' })).toEqual([...plain, ['batch', -0.00375]])
    expect(lines({ inferenceGeo: 'us' })).toEqual([...plain, ['premium', 0.00075]])
    const both = lines({ serviceTier: 'batch', inferenceGeo: 'us' })
    expect(both).toEqual([...plain, ['batch', -0.00375], ['premium', 0.000375]])
    expect(lines({ speed: 'fast' })[2]).toEqual(['fast', 0.0375])
    const long = { model: 'claude-haiku-5-5', timestampMs: Date.parse('2026-11-01'), inputTokens: 200_000 }
    expect(lines({ ...long, outputTokens: null })).toEqual([
      ['input', 0.02],
      ['long-prompt', 0.08],
    ])
  })

  test('names each part with its rate', () => {
    const { parts } = ledger.explain({ ...noUsage, inputTokens: 1000, cacheWrite1hTokens: 10, webSearches: 2 })
    expect(parts).toEqual([
      { kind: 'input', model: 'claude-opus-5', quantity: 1000, rateUsd: 5, costUsd: 0.005 },
      { kind: 'cache-write-1h', model: 'claude-opus-5', quantity: 10, rateUsd: 10, costUsd: 0.0001 },
      { kind: 'web-search', model: null, quantity: 2, rateUsd: 10, costUsd: 0.02 },
    ])
  })

  test.each<[string, Partial<UsageToPrice>]>([
    ['more than 100,000 tokens', { model: 'claude-haiku-5-5', inputTokens: 100_001 }],
    ['Batch tier', { serviceTier: 'batch', inputTokens: 1 }],
    ['Priority tier', { serviceTier: 'priority', inputTokens: 1 }],
    ['Fast mode', { speed: 'fast', inputTokens: 1 }],
    ['inside the US', { inferenceGeo: 'us', inputTokens: 1 }],
    ['regional endpoint of Bedrock', { model: 'eu.anthropic.claude-opus-4-8', inputTokens: 1 }],
    ['not certain', { model: 'claude-mythos-5-2', inputTokens: 1 }],
    ['does not know gpt-4o', { model: 'gpt-4o', inputTokens: 1 }],
    ['names no model', { model: null, inputTokens: 1 }],
    ['in fast mode was published', { model: 'claude-fable-5-2', speed: 'fast', inputTokens: 1 }],
    ['no price for cache tokens', { model: 'claude-2.1', cacheReadTokens: 1 }],
    ['could not be read', { iterations: '{"a":1}', inputTokens: 1 }],
    ['2 attempts', { iterations: '[{"type":"message"},{"type":"message"}]' }],
    ['refused before any output', { iterations: '[{"type":"message"},{"type":"fallback_message"}]' }],
  ])('says what it rests on: %s', (words, usage) => {
    expect(ledger.explain({ ...noUsage, ...usage }).notes.join(' ')).toContain(words)
  })
})

describe('the models of the price file', () => {
  const spellings = prices.models.flatMap((model) => [model.id, ...model.aliases].map((id) => [id, model.id] as const))

  test.each(spellings)('%s belongs to %s and to no other', (spelling, id) => {
    const normal = normaliseModelId(spelling).id
    const matching = prices.models.filter(
      ({ match }) => new RegExp(match).test(normal) || new RegExp(match).test(withDashes(normal)),
    )
    expect(matching.map((model) => model.id)).toEqual([id])
    expect(ledger.describe(spelling)?.id).toBe(id)
  })

  test.each([
    ['anthropic/claude-3.5-sonnet', 'claude-3-5-sonnet'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['anthropic/claude-opus-4.1', 'claude-opus-4-1'],
    ['vertex_ai/claude-opus-4-5@20251101', 'claude-opus-4-5'],
    ['claude-3-5-sonnet-v2@20241022', 'claude-3-5-sonnet'],
    ['claude-sonnet-5@latest', 'claude-sonnet-5'],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet'],
    ['us.anthropic.claude-3-haiku-20240307-v1:0', 'claude-3-haiku-20240307'],
    ['apac.anthropic.claude-3-sonnet-20240229-v1:0', 'claude-3-sonnet-20240229'],
    ['anthropic.claude-v2:1', 'claude-2'],
    ['anthropic.claude-instant-v1', 'claude-instant-1.2'],
    ['claude-opus-4-6[1m]', 'claude-opus-4-6'],
    [' Claude-Opus-5 ', 'claude-opus-5'],
  ])('%s is read as %s', (spelling, id) => {
    expect(ledger.describe(spelling)?.id).toBe(id)
  })

  test.each(['claude-opus-5-fast', 'claude-sonnet-5:thinking', 'claude', '', 'opus', 'constructor', null])(
    '%s is no model of the file',
    (spelling) => {
      expect(ledger.describe(spelling)).toBeNull()
    },
  )

  test('are described with the day on which they end', () => {
    expect(ledger.describe('claude-sonnet-4-5')).toMatchObject({ endOfLife: '2026-11-30', isRetired: false })
    expect(ledger.describe('claude-3-opus-latest')).toMatchObject({ endOfLife: null, isRetired: true })
    expect(ledger.describe('claude-fable-5-2')).toMatchObject({ name: 'Claude Fable 5.2', status: 'active' })
  })
})

describe('a price file that cannot be used', () => {
  const [first] = prices.models
  const withModel = (change: object): unknown => ({ ...prices, models: [{ ...first, ...change }] })
  const period = { from: null, to: null, input: 1, output: 1, cache_write_5m: 1, cache_write_1h: 1, cache_read: 1 }

  test.each<[string, unknown]>([
    ['nothing', null],
    ['no models', { ...prices, models: [] }],
    ['another version', { ...prices, schema_version: 2 }],
    ['a negative rate', withModel({ periods: [{ ...period, input: -1 }] })],
    ['a rate finer than it can keep exact', withModel({ periods: [{ ...period, input: 0.00001 }] })],
    ['a date that is none', withModel({ periods: [{ ...period, from: '2026-02-30' }] })],
    ['a pattern that is none', withModel({ match: '(' })],
    [
      'periods that overlap',
      withModel({
        periods: [
          { ...period, to: '2026-02-02' },
          { ...period, from: '2026-02-01' },
        ],
      }),
    ],
    [
      'a period that ends before it begins',
      withModel({ periods: [{ ...period, from: '2026-02-02', to: '2026-02-01' }] }),
    ],
    [
      'a factor that leaves fractions',
      {
        ...prices,
        rules: { ...prices.rules, multipliers: { ...prices.rules.multipliers, batch: 0.3333333 } },
      },
    ],
  ])('is refused with a sentence: %s', (_, data) => {
    expect(() => createLedger(data)).toThrow(Failure)
    expect(() => createLedger(data)).toThrow(/^The price file cannot be used: .+\.$/)
  })
})

const anyCount = fc.option(fc.integer({ min: 0, max: 2_000_000 }), { nil: null })

const anyIteration = fc.record(
  {
    type: fc.constantFrom('message', 'fallback_message', 'advisor_message', 'compaction'),
    model: fc.constantFrom('claude-opus-5', 'claude-haiku-5-5', 'mystery'),
    input_tokens: fc.nat(300_000),
    output_tokens: fc.nat(10_000),
    cache_creation_input_tokens: fc.nat(300_000),
  },
  { requiredKeys: ['type'] },
)

const anyUsage: fc.Arbitrary<UsageToPrice> = fc.record({
  domain: fc.constantFrom(null, 'acme.com', 'globex.io'),
  model: fc.constantFrom(null, 'mystery', 'us.anthropic.claude-opus-4-6', ...prices.models.map((model) => model.id)),
  timestampMs: fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2027-01-01') }),
  inputTokens: anyCount,
  outputTokens: anyCount,
  cacheReadTokens: anyCount,
  cacheWrite5mTokens: anyCount,
  cacheWrite1hTokens: anyCount,
  cacheWriteSplitUnknown: fc.boolean(),
  webSearches: fc.option(fc.nat(20), { nil: null }),
  serviceTier: fc.constantFrom(null, 'standard', 'batch', 'priority'),
  speed: fc.constantFrom(null, 'standard', 'fast'),
  inferenceGeo: fc.constantFrom(null, 'us', 'global'),
  iterations: fc.option(
    fc.oneof(
      fc.array(anyIteration, { maxLength: 4 }).map((list) => JSON.stringify(list)),
      fc.string(),
    ),
    { nil: null, freq: 2 },
  ),
})
