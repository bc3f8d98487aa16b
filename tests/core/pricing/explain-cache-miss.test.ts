import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { findCacheMiss, priceCacheMiss, type PricedTurn } from '../../../src-main/core/pricing/explain-cache-miss'
import { apiMessage } from '../bodies/stored-shapes'
import { assistant, text, user } from '../threads/told-conversation'

const ledger = createLedger(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/claude-prices.json'), 'utf8')),
)

const opus = 'claude-opus-4-5'
const firstBody = {
  model: opus,
  system: 'You help.',
  tools: [{ name: 'Read', input_schema: {} }],
  messages: [user('Fix the test'), user([text('All of them', { cache_control: { type: 'ephemeral' } })])],
}
const nextMessages = [...firstBody.messages, assistant('Fixed.'), user('Thanks')]

interface Told {
  body?: object
  minute?: number
  model?: string | null
  tokens?: { input?: number; read?: number | null; write5m?: number | null; write1h?: number | null }
  diagnostics?: object
}

function turn({ body = {}, minute = 0, model = opus, tokens = {}, diagnostics }: Told): PricedTurn {
  const { input = 10, read = 0, write5m = 0, write1h = 0 } = tokens
  return {
    usage: {
      model,
      domain: null,
      timestampMs: Date.parse('2026-11-20T12:00:00Z') + minute * 60_000,
      inputTokens: input,
      outputTokens: 100,
      cacheReadTokens: read,
      cacheWrite5mTokens: write5m,
      cacheWrite1hTokens: write1h,
      cacheWriteSplitUnknown: false,
      webSearches: null,
      serviceTier: null,
      speed: null,
      inferenceGeo: null,
      iterations: null,
    },
    request: readRequestBody(JSON.stringify({ ...firstBody, ...body })),
    response: readResponseBody(JSON.stringify(apiMessage([text('Fixed.')], { diagnostics }))),
  }
}

const parent = turn({ tokens: { write5m: 10_000 } })
const next = (told: Told) => turn({ minute: 1, ...told, body: { messages: nextMessages, ...told.body } })
function explain(before: PricedTurn, now: PricedTurn) {
  const miss = findCacheMiss(before, now)
  return miss && { ...miss, lostUsd: priceCacheMiss(now.usage, miss.missedTokens, ledger) }
}

const missed = { write5m: 12_000 }

describe('a cache that was read', () => {
  test('was not missed, and what cannot be known is not told', () => {
    expect(explain(parent, next({ tokens: { read: 10_000, write5m: 500 } }))).toBeNull()
    expect(explain(parent, next({ tokens: { read: 9_500, write5m: 500 } }))).toBeNull()
    expect(explain(parent, next({ tokens: { read: null, write5m: null, write1h: null } }))).toBeNull()
    expect(explain(turn({ tokens: { input: 9000 } }), next({ tokens: { input: 9000 } }))).toBeNull()
  })
})

describe('a cache that was missed', () => {
  test('cost what was written again, less what reading it had cost', () => {
    const body = { system: 'You help a lot.' }
    expect(explain(parent, next({ body, tokens: missed }))).toEqual({
      reasons: ['system-changed'],
      saidByApi: false,
      messageIndex: null,
      pauseMs: 60_000,
      lifetimeMs: 300_000,
      missedTokens: 10_000,
      // 10,000 tokens at 6.25 a million instead of 0.50.
      lostUsd: 0.0575,
    })
    // 4,000 of an hour at 10, 6,000 fresh at 5, each instead of 0.50.
    expect(explain(parent, next({ body, tokens: { input: 7000, write1h: 4000 } }))?.lostUsd).toBe(0.065)
    expect(explain(parent, next({ body, model: 'nobody-1', tokens: missed }))?.lostUsd).toBeNull()
  })

  test('is missed for the model, the tools, the first changed message, a pause, or for no reason that is seen', () => {
    const why = (told: Told) => explain(parent, next({ tokens: missed, ...told }))
    expect(why({ body: { model: 'claude-haiku-5', tools: [] } })?.reasons).toEqual(['model-changed', 'tools-changed'])
    const edited = [nextMessages[0]!, user('Some of them'), ...nextMessages.slice(2)]
    expect(why({ body: { messages: edited } })).toMatchObject({ reasons: ['messages-changed'], messageIndex: 1 })
    expect(why({ minute: 6 })?.reasons).toEqual(['pause-too-long'])
    expect(why({ minute: 4 })?.reasons).toEqual(['unknown'])
  })

  test('lives an hour where its parent asked for that', () => {
    const long = turn({ tokens: { write1h: 10_000 } })
    expect(explain(long, next({ minute: 30, tokens: missed }))?.reasons).toEqual(['unknown'])
    expect(explain(long, next({ minute: 61, tokens: missed }))).toMatchObject({
      reasons: ['pause-too-long'],
      lifetimeMs: 3_600_000,
    })
  })

  test('is explained by the API where that says why', () => {
    const diagnostics = { cache_miss_reason: { type: 'tools_changed', cache_missed_input_tokens: 8000 } }
    expect(explain(parent, next({ minute: 9, tokens: missed, diagnostics }))).toMatchObject({
      reasons: ['tools-changed', 'pause-too-long'],
      saidByApi: true,
      missedTokens: 8000,
      lostUsd: 0.046,
    })
    const unavailable = { cache_miss_reason: { type: 'unavailable' } }
    expect(explain(parent, next({ tokens: missed, diagnostics: unavailable }))).toMatchObject({
      reasons: ['unknown'],
      saidByApi: false,
    })
  })
})
