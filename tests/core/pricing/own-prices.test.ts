import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import prices from '../../../resources/claude-prices.json'
import { ownPrice, type Discount, type OwnPrice } from '../../../src-main/contract/own-prices'
import { Failure } from '../../../src-main/core/failure'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { afterDiscount } from '../../../src-main/core/pricing/discounts'
import { noUsage } from './checked-prices'

const gpt: OwnPrice = {
  id: 'a',
  model: 'gpt-4o',
  from: null,
  to: null,
  inputUsd: 2.5,
  outputUsd: 10,
  cacheReadUsd: 1.25,
  cacheWrite5mUsd: null,
  cacheWrite1hUsd: null,
  long: null,
  fast: null,
  note: '',
}
const tenPercent: Discount = { id: 'd', domain: null, percent: 10, from: null, to: null, note: '' }

const withPrices = (...own: Partial<OwnPrice>[]) =>
  createLedger(prices, { prices: own.map((price) => ({ ...gpt, ...price })), discounts: [] })
const withDiscounts = (...own: Partial<Discount>[]) =>
  createLedger(prices, { prices: [], discounts: own.map((discount) => ({ ...tenPercent, ...discount })) })
const thousand = { ...noUsage, inputTokens: 1_000, outputTokens: 100 }
const usdOf = (ledger: ReturnType<typeof createLedger>, usage: Partial<typeof noUsage>) => {
  const { picoUsd } = ledger.price({ ...thousand, ...usage })
  return picoUsd === null ? null : picoUsd / 1e12
}

describe('own prices', () => {
  test('price what the list does not know, to the same exactness', () => {
    expect(usdOf(withPrices({}), { model: 'gpt-4o' })).toBe((1_000 * 2.5 + 100 * 10) / 1e6)
    expect(usdOf(withPrices({}), { model: 'gpt-4o', cacheReadTokens: 40 })).toBe(
      (1_000 * 2.5 + 100 * 10 + 40 * 1.25) / 1e6,
    )
    expect(usdOf(withPrices({}), { model: 'gpt-4o-mini' })).toBeNull()
  })

  test('without a rate for what was used leave the request unpriced', () => {
    expect(usdOf(withPrices({}), { model: 'gpt-4o', cacheWrite5mTokens: 1 })).toBeNull()
  })

  test('stand before the list in their days, and the list holds outside of them', () => {
    const ledger = withPrices({ model: 'claude-opus-5', from: '2026-11-01', to: '2026-11-20' })
    const listed = (1_000 * 5 + 100 * 25) / 1e6
    const own = (1_000 * 2.5 + 100 * 10) / 1e6
    expect(usdOf(ledger, { timestampMs: Date.parse('2026-10-31T23:59:59.999Z') })).toBe(listed)
    expect(usdOf(ledger, { timestampMs: Date.parse('2026-11-01') })).toBe(own)
    expect(usdOf(ledger, { timestampMs: Date.parse('2026-11-19T23:59:59.999Z') })).toBe(own)
    expect(usdOf(ledger, { timestampMs: Date.parse('2026-11-20') })).toBe(listed)
  })

  test('have bands, fast rates and the factors of the list', () => {
    const rates = { inputUsd: 1, outputUsd: 2, cacheReadUsd: null, cacheWrite5mUsd: null, cacheWrite1hUsd: null }
    const ledger = withPrices({
      model: 'claude-opus-5',
      long: { aboveTokens: 1_000, ...rates, inputUsd: 7 },
      fast: { ...rates, inputUsd: 9 },
    })
    expect(usdOf(ledger, {})).toBe((1_000 * 2.5 + 100 * 10) / 1e6)
    expect(usdOf(ledger, { inputTokens: 1_001 })).toBe((1_001 * 7 + 100 * 2) / 1e6)
    expect(usdOf(ledger, { speed: 'fast' })).toBe((1_000 * 9 + 100 * 2) / 1e6)
    expect(usdOf(ledger, { serviceTier: 'batch' })).toBe((0.5 * (1_000 * 2.5 + 100 * 10)) / 1e6)
    expect(usdOf(ledger, { inferenceGeo: 'us' })).toBeCloseTo((1.1 * (1_000 * 2.5 + 100 * 10)) / 1e6, 12)
    expect(ledger.longPromptThresholds).toContain(1_000)
  })

  test('fall back on the fast mode of the list where they have none', () => {
    expect(usdOf(withPrices({ model: 'claude-opus-5' }), { speed: 'fast' })).toBe((1_000 * 10 + 100 * 50) / 1e6)
  })

  test('may name a pattern; the exact id wins, then the longest pattern', () => {
    const ledger = withPrices(
      { model: 'mistral-*', inputUsd: 1 },
      { model: 'mistral-large-*', inputUsd: 2 },
      { model: 'Mistral-Large-2', inputUsd: 3 },
    )
    const input = { inputTokens: 1_000_000, outputTokens: 0 }
    expect(usdOf(ledger, { model: 'mistral-small', ...input })).toBe(1)
    expect(usdOf(ledger, { model: 'mistral-large-1', ...input })).toBe(2)
    expect(usdOf(ledger, { model: 'mistral-large-2', ...input })).toBe(3)
    expect(usdOf(withPrices({ model: 'a.c' }), { model: 'abc' })).toBeNull()
  })

  test('are named in the explanation', () => {
    expect(
      withPrices({})
        .explain({ ...thousand, model: 'gpt-4o' })
        .notes.join(' '),
    ).toContain('your own price for gpt-4o')
  })

  test('of one model may not overlap', () => {
    expect(() => withPrices({ to: '2026-05-02' }, { from: '2026-05-01' })).toThrow(Failure)
    expect(() => withPrices({ to: '2026-05-01' }, { from: '2026-05-01' })).not.toThrow()
  })

  test('with more than two stars, or days in the wrong order, are refused', () => {
    expect(ownPrice.safeParse({ ...gpt, model: '*a*b*' }).success).toBe(false)
    expect(ownPrice.safeParse({ ...gpt, from: '2026-02-02', to: '2026-02-01' }).success).toBe(false)
    expect(ownPrice.safeParse({ ...gpt, inputUsd: 0.00001 }).success).toBe(false)
  })
})

describe('discounts', () => {
  const listed = (1_000 * 5 + 100 * 25) / 1e6

  test('are taken off for their domain and days; the domain’s own wins over that of all', () => {
    const ledger = withDiscounts(
      { domain: null, percent: 10 },
      { domain: 'acme.com', percent: 25, from: '2026-11-10' },
      { domain: '', percent: 50 },
    )
    expect(usdOf(ledger, { domain: 'globex.io' })).toBeCloseTo(0.9 * listed, 12)
    expect(usdOf(ledger, { domain: 'acme.com' })).toBeCloseTo(0.75 * listed, 12)
    expect(usdOf(ledger, { domain: 'acme.com', timestampMs: Date.parse('2026-11-09') })).toBeCloseTo(0.9 * listed, 12)
    expect(usdOf(ledger, { domain: null })).toBeCloseTo(0.5 * listed, 12)
  })

  test('take web searches too, and leave what has no price without one', () => {
    const ledger = withDiscounts({ percent: 12.5 })
    expect(usdOf(ledger, { webSearches: 3 })).toBeCloseTo(0.875 * (listed + 0.03), 12)
    expect(usdOf(ledger, { model: 'mystery' })).toBeNull()
  })

  test('are a part of the explanation, which adds up', () => {
    const { totalUsd, parts, notes } = withDiscounts({ percent: 33.33 }).explain({ ...thousand, webSearches: 1 })
    expect(parts.at(-1)).toMatchObject({ kind: 'discount' })
    expect(parts.reduce((sum, part) => sum + Math.round(part.costUsd * 1e12), 0)).toBe(Math.round(totalUsd! * 1e12))
    expect(notes.join(' ')).toContain('33.33%')
  })

  test('make cache reads and what they spared cheaper alike', () => {
    const reads = { ...noUsage, cacheReadTokens: 1_000 }
    const whole = createLedger(prices).priceCacheReads(reads)!
    const { readPico, freshPico } = withDiscounts({ percent: 20 }).priceCacheReads(reads)!
    expect([readPico, freshPico]).toEqual([whole.readPico * 0.8, whole.freshPico * 0.8])
  })

  test('of one domain may not overlap', () => {
    expect(() => withDiscounts({ to: '2026-05-02' }, { from: '2026-05-01' })).toThrow(/same day/)
  })

  test('are exact to a picodollar, whatever the amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e15 }), fc.integer({ min: 1, max: 10_000 }), (pico, points) => {
        const exact = (BigInt(pico) * BigInt(10_000 - points) * 2n + 10_000n) / 20_000n
        expect(BigInt(afterDiscount(pico, points))).toBe(exact)
      }),
    )
  })
})

describe('the key of a ledger', () => {
  test('is the same for what prices alike, and another for what does not', () => {
    const { key } = createLedger(prices)
    expect(createLedger(structuredClone(prices)).key).toBe(key)
    expect(withPrices().key).toBe(key)
    expect(withPrices({ note: 'one' }).key).toBe(withPrices({ note: 'two', id: 'b' }).key)
    expect(new Set([key, withPrices({}).key, withPrices({ inputUsd: 3 }).key, withDiscounts({}).key]).size).toBe(4)
    const [first, ...rest] = prices.models
    expect(createLedger({ ...prices, models: rest }).key).not.toBe(key)
    expect(createLedger({ ...prices, models: [{ ...first, name: 'Another name' }, ...rest] }).key).toBe(key)
  })
})

describe('a price file from anywhere', () => {
  test.each(['^(a+)+$', '^a*b$', '^(a?){30}$', '^a?a?a?a?a?a?a?a?a?a?a?aaa$', '^(a)\\1$', '^a{2,}$'])(
    'may not hold the pattern %s, which an id could keep busy',
    (match) => {
      const models = [{ ...prices.models[0], match }]
      expect(() => createLedger({ ...prices, models })).toThrow(/cannot be used: models.0.match/)
    },
  )
})
