import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import prices from '../../../resources/claude-prices.json'
import { requestDetail, type RequestRow } from '../../../src-main/contract/conversations'
import { lastUserText } from '../../../src-main/core/bodies/last-user-text'
import { readBlocks } from '../../../src-main/core/bodies/read-blocks'
import { openBodies } from '../../../src-main/core/bodies/open-bodies'
import { buildRequestDetail } from '../../../src-main/core/bodies/request-detail'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { apiMessage, wholeShapes } from './stored-shapes'
import { wireBlocks } from './wire-blocks'

const ledger = createLedger(prices)
/** NEXUS_TEST_ROUNDS=100000 takes a hundred thousand. */
const mutations = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 20_000)
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

const request = {
  model: 'claude-opus-5',
  system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
  tools: [{ name: 'Read', input_schema: { type: 'object' } }],
  metadata: { user_id: 'user_a_account_b_session_01234567' },
  messages: wireBlocks.slice(0, 14).map(({ wire }) => ({ role: 'user', content: [wire] })),
}
const message = apiMessage(
  ['text with citations', 'thinking', 'tool use', 'web search that failed'].map(
    (name) => wireBlocks.find((block) => block.name === name)?.wire,
  ),
)
const seeds = [
  JSON.stringify(request),
  JSON.stringify(JSON.stringify(request)),
  ...wholeShapes.map(([, , store]) => store(message)),
  JSON.stringify({ content: 'text', tool_calls: [{ name: 'Read', id: 't', input: '{"a":1}' }], usage: {} }),
  JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'x' }, request_id: 'r' }),
  JSON.stringify({ error: 'text' }),
]

const scraps = [
  '"',
  '{',
  ']',
  ',',
  ':',
  '\\',
  '\n',
  'null',
  '1e999',
  '\\ud800',
  '\u0000',
  'data:',
  'event: ',
  '"type":',
  '__proto__',
]

/** Cuts, copies and puts scraps into a text. */
const damage = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(40),
    kind: fc.constantFrom('cut', 'copy', 'put', 'end' as const),
    scrap: fc.constantFrom(...scraps),
  }),
  { minLength: 1, maxLength: 4 },
)

function damaged(text: string, marks: typeof damage extends fc.Arbitrary<infer T> ? T : never): string {
  return marks.reduce((result, { at, length, kind, scrap }) => {
    const start = Math.floor(at * result.length)
    const [head, piece, tail] = [
      result.slice(0, start),
      result.slice(start, start + length),
      result.slice(start + length),
    ]
    if (kind === 'cut') return head + tail
    if (kind === 'copy') return head + piece + piece + tail
    return kind === 'put' ? head + scrap + piece + tail : head + piece
  }, text)
}

/** Puts strange values in the place of some of a JSON value. */
function distorted(json: unknown, places: number[], strange: unknown[]): unknown {
  let left = 0
  const walk = (value: unknown): unknown => {
    const hit = places.indexOf(left++)
    if (hit >= 0) return strange[hit % strange.length]
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(json)
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
  test('are read without a throw, into what the contract allows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...seeds), damage, (seed, marks) => {
        const text = damaged(seed, marks)
        expectReadable(text, text)
      }),
      { numRuns: Math.ceil(mutations * 0.6) },
    )
  })

  test('are read so with strange values in any place', () => {
    const jsonSeeds: unknown[] = seeds
      .filter((seed) => /^[[{]/.test(seed) && !seed.includes('\n'))
      .map((seed) => JSON.parse(seed))
    fc.assert(
      fc.property(
        fc.constantFrom(...jsonSeeds),
        fc.array(fc.nat(120), { minLength: 1, maxLength: 4 }),
        fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 4 }),
        (seed, places, strange) => {
          const text = JSON.stringify(distorted(seed, places, strange))
          expectReadable(text, text)
        },
      ),
      { numRuns: Math.ceil(mutations * 0.4) },
    )
  })

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
  const opaque = new Set([
    'type',
    'signature',
    'data',
    'encrypted_content',
    'page_age',
    'caller',
    'citations',
    'cache_control',
  ])

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
