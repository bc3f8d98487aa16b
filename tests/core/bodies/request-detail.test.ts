import { describe, expect, test } from 'vitest'
import prices from '../../../resources/claude-prices.json'
import { messagePage, requestDetail, type RequestRow } from '../../../src-main/contract/conversations'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { createBodyWork } from '../../../src-main/core/bodies/body-work'
import { openBodies } from '../../../src-main/core/bodies/open-bodies'
import { buildMessagePage, buildRequestDetail } from '../../../src-main/core/bodies/request-detail'
import type { RequestUsage } from '../../../src-main/core/ports'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { apiMessage } from './stored-shapes'

const ledger = createLedger(prices)
const request = JSON.stringify({
  model: 'claude-opus-5',
  max_tokens: 100,
  system: 'Be kind.',
  tools: [{ name: 'Read', input_schema: {} }],
  messages: [
    { role: 'user', content: 'What is in the file?' },
    { role: 'assistant', content: 'I look.' },
  ],
})
const response = JSON.stringify(apiMessage([{ type: 'text', text: 'A poem.' }]))
const emptyRow: RequestRow = {
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
  responseTimeMs: 500,
  stream: false,
  error: null,
  answered: true,
  stopReason: null,
  preview: null,
}

describe('a page of a request', () => {
  const contents = Array.from({ length: 60 }, (_, i) => `Message ${i} ${'x'.repeat(400 + i)}`)
  const many = {
    request: JSON.stringify({ messages: contents.map((content) => ({ role: 'user', content })) }),
    response,
  }
  const row = { ...emptyRow, inputTokens: 123_457 }
  const common = { row, usage: null, ledger, readFrom: 'database' as const, readAt: row.timestamp }

  test('holds the newest messages that fit, and the pages before it the others, with shares of one total', () => {
    const work = createBodyWork()
    const whole = buildRequestDetail({ ...common, opened: work.open('a', many, {}) })
    const first = buildRequestDetail({ ...common, opened: work.open('a', many, { characters: 5000 }) })
    expect(requestDetail.parse(first)).toEqual(first)
    expect(whole.page).toBeUndefined()
    expect(first.page).toEqual({ from: 50, total: 60 })
    let { messages } = first
    for (let before = first.page!.from; before > 0;) {
      const page = buildMessagePage({ row, usage: null, opened: work.turnBack('a', { before, characters: 5000 })! })
      expect(messagePage.parse(page)).toEqual(page)
      expect(page.from).toBeLessThan(before)
      messages = [...page.messages, ...messages]
      before = page.from
    }
    expect(messages).toEqual(whole.messages)
    const shares = messages.reduce((sum, { tokens }) => sum + tokens!, whole.systemTokens! + whole.toolsTokens!)
    // The prompt's exact total: fresh input of the row, cache reads and writes of the answer.
    expect(shares).toBe(123_457 + 56 + 9)
    expect(messages.every(({ tokensEstimated }) => tokensEstimated)).toBe(true)
  })

  test('holds at least one message, however long, and is gone once it is closed', () => {
    const work = createBodyWork()
    const { page } = work.open('a', many, { characters: 1 })
    expect([page.from, page.messages.length]).toEqual([59, 1])
    work.close()
    expect(work.turnBack('a', { before: 59, characters: 1 })).toBeNull()
    expect(work.turnBack('a', { before: 1, characters: 1 }, many)?.page).toMatchObject({ from: 0, total: 60 })
    expect(work.turnBack('a', { before: 2, characters: 1 })?.page.from).toBe(1)
  })
})

function build(row: Partial<RequestRow> = {}, bodies: object = {}, usage: Partial<RequestUsage> | null = null) {
  const detail = buildRequestDetail({
    row: { ...emptyRow, ...row },
    usage: usage && { id: emptyRow.id, ...readResponseBody(response).usage!, ...usage },
    opened: openBodies({ request, response, ...bodies }),
    ledger,
    readFrom: 'database',
    readAt: '2026-11-20T12:05:00.000Z',
  })
  expect(requestDetail.parse(detail)).toEqual(detail)
  return detail
}

describe('the detail of a request', () => {
  test('fills what the row lacks from the bodies, and prices it', () => {
    const { request: row, cost } = build()
    // (12 x 5 + 34 x 25 + 56 x 0.5 + 7 x 6.25 + 2 x 10) USD per million
    expect(row).toMatchObject({
      inputTokens: 12,
      outputTokens: 34,
      cacheReadTokens: 56,
      cacheWriteTokens: 9,
      totalTokens: 46,
      costUsd: 0.00100175,
      error: false,
      stopReason: 'end_turn',
      preview: 'What is in the file?',
    })
    expect(cost.totalUsd).toBe(row.costUsd)
    expect(cost.parts.length).toBe(5)
  })

  test('keeps what the row and the replica say, for sums are made of it', () => {
    const { request: row, cost } = build(
      { inputTokens: 1000, outputTokens: 10, totalTokens: 1010, preview: 'kept' },
      {},
      { cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 },
    )
    expect(row).toMatchObject({ inputTokens: 1000, outputTokens: 10, totalTokens: 1010, cacheReadTokens: 0 })
    expect([row.preview, cost.totalUsd]).toEqual(['kept', 0.00525])
  })

  test('takes cache writes from the body where the replica has none yet', () => {
    const usage = { cacheWrite5mTokens: null, cacheWrite1hTokens: null, cacheReadTokens: null }
    expect(build({}, {}, usage).request).toMatchObject({ cacheReadTokens: 56, cacheWriteTokens: 9 })
  })

  test('shares the exact prompt among system, tools and messages, and gives the answer its exact tokens', () => {
    const { messages, systemTokens, toolsTokens, response: answer } = build()
    const shares = [systemTokens, toolsTokens, ...messages.map(({ tokens }) => tokens)]
    expect(shares.reduce<number>((sum, tokens) => sum + (tokens ?? NaN), 0)).toBe(12 + 56 + 9)
    expect(messages.map(({ tokensEstimated }) => tokensEstimated)).toEqual([true, true])
    expect(answer.message).toMatchObject({ tokens: 34, tokensEstimated: false })
  })

  test('has no tokens per message where the prompt was never counted', () => {
    const {
      messages,
      systemTokens,
      request: row,
    } = build({ inputTokens: 0, outputTokens: 0 }, { response: '{"error":"boom"}' })
    expect([systemTokens, ...messages.map(({ tokens }) => tokens)]).toEqual([null, null, null])
    expect(row).toMatchObject({ error: true, costUsd: 0 })
  })

  test('of a request that has no answer yet says so', () => {
    const { response: answer, request: row, cost } = build({ answered: false }, { response: null })
    expect(answer).toMatchObject({ shape: 'missing', message: null })
    expect([row.answered, row.error, cost.totalUsd]).toEqual([false, null, 0])
  })

  test('of a row that was answered since has the answer', () => {
    expect(build({ answered: false }).request.answered).toBe(true)
  })

  test('stays unpriced for a model that the ledger does not know', () => {
    const { request: row, cost } = build({ model: 'mystery-1' })
    expect([row.costUsd, cost.totalUsd, cost.parts]).toEqual([null, null, []])
    expect(cost.notes.join(' ')).toContain('mystery-1')
  })

  test('tells the size of the stored texts and where they were read', () => {
    expect(build({}, { request: null })).toMatchObject({
      rawSize: { request: 0, response: response.length },
      readFrom: 'database',
      readAt: '2026-11-20T12:05:00.000Z',
      notes: ['No request body is stored.'],
      request: { preview: null },
    })
  })
})

describe('the thinking of an answer', () => {
  const thinkingOf = (content: object[], usage: object) =>
    build(
      {},
      {
        response: JSON.stringify({
          type: 'message',
          role: 'assistant',
          content,
          usage: { input_tokens: 1, output_tokens: 1000, ...usage },
        }),
      },
    ).thinking
  const thought = { type: 'thinking', thinking: 'word '.repeat(300), signature: 's' }
  const said = { type: 'text', text: 'word '.repeat(100) }

  test('is what the API counted, else its share of the output by length, marked so', () => {
    expect(thinkingOf([thought, said], { output_tokens_details: { thinking_tokens: 612 } })).toEqual({
      tokens: 612,
      isEstimate: false,
    })
    const guess = thinkingOf([thought, said], {})
    expect(guess?.isEstimate).toBe(true)
    expect(Math.abs((guess?.tokens ?? 0) - 750)).toBeLessThan(50)
  })

  test('is not told where there is none, or its text is not there', () => {
    expect(thinkingOf([said], {})).toBeUndefined()
    expect(thinkingOf([{ ...thought, thinking: '' }, said], {})).toBeUndefined()
    expect(thinkingOf([{ type: 'redacted_thinking', data: 'x' }, said], {})).toBeUndefined()
  })
})
