import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import prices from '../../../resources/claude-prices.json'
import { requestDetail, type RequestRow } from '../../../src-main/contract/conversations'
import { lastUserText } from '../../../src-main/core/bodies/last-user-text'
import { readBlocks } from '../../../src-main/core/bodies/read-blocks'
import { openBodies } from '../../../src-main/core/bodies/open-bodies'
import { buildRequestDetail } from '../../../src-main/core/bodies/request-detail'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { damage, damaged, distortion, seeds } from './mutations'
import { wireBlocks } from './wire-blocks'

const ledger = createLedger(prices)
/** NEXUS_TEST_ROUNDS=100000 takes a hundred thousand. */
const mutations = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 8_000)
const waitMs = 60_000 + mutations * 10
const row: RequestRow = {
  id: '0198f1c2-0000-7000-8000-000000000001',
  timestamp: '2026-11-20T12:00:00.000Z',
  domain: 'acme.com',
  model: 'claude-opus-5',
  requestType: 'inference',
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  totalTokens: 0,
  costUsd: null,
  responseTimeMs: 5,
  stream: true,
  error: null,
  answered: true,
  stopReason: null,
  preview: null,
}

function expectReadable(requestText: string, responseText: string): void {
  const bodies = { request: requestText, response: responseText }
  const detail = buildRequestDetail({
    row,
    usage: null,
    opened: openBodies(bodies),
    ledger,
    readFrom: 'database',
    readAt: row.timestamp,
  })
  expect(requestDetail.safeParse(detail).error).toBeUndefined()
  expect(lastUserText(requestText).length).toBeLessThanOrEqual(200)
}

describe('bodies that were damaged at random', () => {
  test(
    'are read without a throw, into what the contract allows',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...seeds), damage, (seed, marks) => {
          const text = damaged(seed, marks)
          expectReadable(text, text)
        }),
        { numRuns: Math.ceil(mutations * 0.6) },
      )
    },
    waitMs,
  )

  test(
    'are read so with strange values in any place',
    () => {
      fc.assert(
        fc.property(distortion, (text) => expectReadable(text, text)),
        { numRuns: Math.ceil(mutations * 0.4) },
      )
    },
    waitMs,
  )

  test('are read however deep they are nested', () => {
    const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000)
    const nests = [
      deep('[', ']'),
      `{"content":[${deep('{"type":"tool_result","content":[', ']}')}]}`,
      `{"error":${deep('{"error":', '')}1${'}'.repeat(100_001)}`,
      deep('{"a":', '').concat('1', '}'.repeat(100_000)),
    ]
    for (const nest of nests) {
      const bodies = { request: `{"messages":${nest}}`, response: nest }
      expect(() =>
        buildRequestDetail({
          row,
          usage: null,
          opened: openBodies(bodies),
          ledger,
          readFrom: 'database',
          readAt: row.timestamp,
        }),
      ).not.toThrow()
    }
  })
})

describe('blocks with marks in their texts', () => {
  const opaque = new Set(['type', 'signature', 'data', 'encrypted_content', 'caller', 'citations', 'cache_control'])

  test('lose none of them, nor fields that nobody knows', () => {
    let count = 0
    const marked = (value: unknown): unknown => {
      if (typeof value === 'string') return `${value}‹${count++}›`
      if (Array.isArray(value)) return value.map(marked)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, opaque.has(key) ? inner : marked(inner)]),
      )
    }
    for (const { wire } of wireBlocks) {
      const text = JSON.stringify(readBlocks([{ ...(marked(wire) as object), brand_new: marked('new') }]))
      const seen = new Set(text.match(/‹\d+›/g))
      expect(seen.size).toBe(count)
      count = 0
    }
  })
})
