import { describe, expect, test } from 'vitest'
import { answer as answerSchema } from '../../../src-main/contract/conversations'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { apiMessage, toEvents, toEventText, wholeShapes } from './stored-shapes'
import { wireBlocks } from './wire-blocks'

function read(value: unknown) {
  return readResponseBody(JSON.stringify(value))
}

const allBlocks = wireBlocks.map(({ wire }) => wire)
const allNormal = wireBlocks.flatMap(({ normal }) => normal)

const wholeUsage = {
  inputTokens: 12,
  outputTokens: 34,
  cacheReadTokens: 56,
  cacheWrite5mTokens: 7,
  cacheWrite1hTokens: 2,
  cacheWriteSplitUnknown: false,
  webSearches: null,
  serviceTier: 'standard',
  speed: null,
  inferenceGeo: null,
  stopReason: 'end_turn',
  isError: false,
  iterations: null,
}

describe.each(wholeShapes)('an answer stored %s', (_, shape, store) => {
  test.each(wireBlocks)('keeps its $name', ({ wire, normal }) => {
    expect(readResponseBody(store(apiMessage([wire]))).answer.message?.blocks).toEqual(normal)
  })

  test('keeps all kinds in their order, its usage, model and end', () => {
    const { answer, usage, model } = readResponseBody(store(apiMessage(allBlocks)))
    expect(answer).toMatchObject({ shape, stopReason: 'end_turn', refusal: null, error: null })
    expect(answer.message).toEqual({ role: 'assistant', blocks: allNormal, tokens: 34, tokensEstimated: false })
    expect(answer.notes).toEqual(shape === 'json-text' ? [expect.stringContaining('JSON string')] : [])
    expect([usage, model]).toEqual([wholeUsage, 'claude-opus-5'])
    expect(answerSchema.parse(answer)).toEqual(answer)
  })
})

describe('an answer that lost something on its way', () => {
  test('is read from one flattened text with its tools beside it', () => {
    const { answer, usage, model } = read({
      type: 'message',
      role: 'assistant',
      content: 'Let me look.',
      model: 'claude-3-5-sonnet-20241022',
      tool_calls: [
        { name: 'Read', id: 'toolu_1', input: '{"path":"a.ts"}' },
        { name: 'Grep', id: 'toolu_2', input: '{"pattern":"x' },
        { name: 'Now', id: 'toolu_3', input: '' },
      ],
      usage: { output_tokens: 7 },
    })
    expect(answer.shape).toBe('flattened-stream')
    expect(answer.message?.blocks).toEqual([
      { kind: 'text', text: 'Let me look.' },
      { kind: 'tool-use', id: 'toolu_1', name: 'Read', input: { path: 'a.ts' }, origin: 'client' },
      { kind: 'tool-use', id: 'toolu_2', name: 'Grep', input: { _raw: '{"pattern":"x' }, origin: 'client' },
      { kind: 'tool-use', id: 'toolu_3', name: 'Now', input: {}, origin: 'client' },
    ])
    expect(answer.notes.join(' ')).toMatch(/thinking was not kept.*cut or damaged/)
    expect(usage).toMatchObject({ inputTokens: null, outputTokens: 7, cacheReadTokens: null, isError: false })
    expect(model).toBe('claude-3-5-sonnet-20241022')
  })

  test('is read from a text and nothing else', () => {
    const { answer, usage } = read({ content: 'Just this.' })
    expect(answer).toMatchObject({ shape: 'text-only', stopReason: null })
    expect(answer.message).toMatchObject({ blocks: [{ kind: 'text', text: 'Just this.' }], tokens: null })
    expect(usage).toMatchObject({ inputTokens: null, outputTokens: null })
  })

  test('says which tool input was damaged where a proxy rebuilt the message', () => {
    const { answer } = read(apiMessage([{ type: 'tool_use', id: 't', name: 'Edit', input: { _raw: '{"a":' } }]))
    expect(answer.shape).toBe('message')
    expect(answer.notes).toEqual([expect.stringContaining('cut or damaged')])
  })

  test.each([null, '', '  \n', 'null'])('is missing where nothing is stored: %j', (text) => {
    const { answer, usage, model } = readResponseBody(text)
    expect([answer.shape, answer.message, usage, model]).toEqual(['missing', null, null, null])
    expect(answer.notes).toEqual([expect.stringContaining('still running')])
  })
})

describe('a stream', () => {
  const events = toEvents(
    apiMessage([
      { type: 'thinking', thinking: 'Hmm.', signature: 's' },
      { type: 'text', text: 'Here is the file.' },
      { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: 'src/main.ts' } },
    ]),
  )
  const inputAt = events.findIndex((event) => JSON.stringify(event).includes('input_json_delta'))

  test('that was cut keeps what had come, and says that it was cut here', () => {
    const { answer, usage } = read(events.slice(0, inputAt + 2))
    expect(answer.message?.blocks).toEqual([
      { kind: 'thinking', text: 'Hmm.', redacted: false },
      { kind: 'text', text: 'Here is the file.' },
      { kind: 'tool-use', id: 'toolu_1', name: 'Read', input: { _raw: '{"path' }, origin: 'client' },
    ])
    expect(answer.stopReason).toBeNull()
    expect(answer.notes.join(' ')).toMatch(/cut here.*final token counts are missing.*cut or damaged/)
    expect(usage).toMatchObject({ inputTokens: 12, outputTokens: 1 })
  })

  test('whose text was cut inside an event keeps the broken piece', () => {
    const text = toEventText(events).slice(0, -20)
    const { answer } = readResponseBody(text)
    expect(answer.message?.blocks.length).toBe(4)
    expect(answer.message?.blocks.at(-1)).toMatchObject({ kind: 'unknown', wireType: 'stream piece' })
    expect(answer.stopReason).toBe('end_turn')
    expect(answer.notes.join(' ')).toContain('stands at the end as it is')
  })

  test('cut at any event never throws and shows no more than came', () => {
    for (let end = 0; end <= events.length; end++) {
      const { answer } = read(events.slice(0, end))
      const text = JSON.stringify(answer.message?.blocks ?? [])
      expect(text.length).toBeLessThan(600)
    }
  })

  test('without its head takes the kind of a block from its deltas', () => {
    const { answer } = read(events.slice(3))
    expect(answer.message?.blocks.map((block) => block.kind)).toEqual(['thinking', 'text', 'tool-use'])
    expect(answer.notes).toContain('The start of the stream was not stored.')
  })

  test('takes the last counts, for they are cumulative, and no null for a count', () => {
    const delta = (usage: object) => ({ type: 'message_delta', delta: {}, usage })
    const { usage } = read([
      { type: 'message_start', message: { usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 } } },
      delta({ output_tokens: 20, input_tokens: null }),
      delta({ output_tokens: 30, server_tool_use: { web_search_requests: 2 } }),
      { type: 'message_stop' },
    ])
    expect(usage).toMatchObject({ inputTokens: 10, cacheReadTokens: 5, outputTokens: 30, webSearches: 2 })
  })

  test('that broke off with an error has both its text and the error', () => {
    const { answer, usage } = read([
      ...events.slice(0, inputAt),
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ])
    expect(answer.error).toEqual({ type: 'overloaded_error', message: 'Overloaded' })
    expect(answer.message?.blocks.length).toBe(3)
    expect(answer.notes).toContain('The stream broke off with an error.')
    expect(usage?.isError).toBe(true)
  })

  test('of nothing but an error has no message', () => {
    const error = { type: 'error', error: { type: 'api_error', message: 'Internal' } }
    expect(readResponseBody(toEventText([error])).answer).toMatchObject({
      shape: 'event-text',
      message: null,
      error: { type: 'api_error', message: 'Internal' },
    })
  })

  test('keeps events and deltas of kinds to come', () => {
    const { answer } = read([
      ...events.slice(0, -2),
      { type: 'content_block_delta', index: 1, delta: { type: 'tint_delta', tint: 'blue' } },
      { type: 'weather', sky: 'clear' },
      ...events.slice(-2),
    ])
    const unknown = answer.message?.blocks.filter((block) => block.kind === 'unknown')
    expect(unknown).toMatchObject([{ wireType: 'tint_delta' }, { wireType: 'weather' }])
  })

  test('ignores comments, heartbeats, ids and the mark of another API', () => {
    const text = `: hi\n\nid: 1\nretry: 5\n${toEventText(events)}:heartbeat\n\ndata: [DONE]\n\n`
    expect(readResponseBody(text).answer).toEqual(readResponseBody(toEventText(events)).answer)
  })

  test('takes usage and model from what the chunks stood in where the stream has none', () => {
    const chunks = events.slice(1, -2)
    const { usage, model } = read({ chunks, model: 'claude-opus-5', usage: { output_tokens: 9 } })
    expect([usage?.outputTokens, model]).toEqual([9, 'claude-opus-5'])
  })

  test('of very many deltas is put together without stumbling', () => {
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ab' } }
    const { answer } = read(Array.from({ length: 200_000 }, () => delta))
    expect(answer.message?.blocks).toEqual([{ kind: 'text', text: 'ab'.repeat(200_000) }])
  })
})

describe('a failure', () => {
  test('of the proxy is a text', () => {
    const { answer, usage } = read({ error: 'upstream timed out' })
    expect(answer).toMatchObject({ shape: 'error-text', message: null })
    expect(answer.error).toEqual({ type: 'error', message: 'upstream timed out' })
    expect(usage).toMatchObject({ isError: true, inputTokens: null })
  })

  test('of the API has its type, message, details and id', () => {
    const { answer } = read({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'max_tokens: too large', details: { limit: 64_000 } },
      request_id: 'req_1',
    })
    expect(answer).toMatchObject({
      shape: 'api-error',
      error: { type: 'invalid_request_error', message: 'max_tokens: too large' },
      notes: [expect.stringContaining('req_1')],
    })
    expect(answer.message?.blocks).toMatchObject([{ kind: 'unknown', wireType: 'error details' }])
  })

  test.each<[unknown, string]>([
    [{ error: { type: 'rate_limit_error', message: 'Slow down' } }, 'Slow down'],
    [{ error: { error: { type: 'api_error', message: 'Inner' } } }, 'Inner'],
    [{ error: { code: 5 } }, 'The stored error has no message.'],
    [{ error: 503 }, '503'],
    [{ type: 'message', content: [], error: 'cut' }, 'cut'],
  ])('in another form is still one: %j', (stored, message) => {
    const { answer, usage } = read(stored)
    expect([answer.error?.message, usage?.isError]).toEqual([message, true])
  })
})

describe('what a reader is told', () => {
  test('of a refusal', () => {
    const { answer } = read(
      apiMessage([], {
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not this.' },
      }),
    )
    expect(answer).toMatchObject({ stopReason: 'refusal', refusal: { category: 'cyber', explanation: 'Not this.' } })
    expect(read(apiMessage([], { stop_reason: 'refusal' })).answer.refusal).toEqual({
      category: null,
      explanation: null,
    })
  })

  test('of a stop sequence and a missed cache', () => {
    const { answer } = read(
      apiMessage([], {
        stop_reason: 'stop_sequence',
        stop_sequence: '</done>',
        diagnostics: { cache_miss_reason: { type: 'system_changed', cache_missed_input_tokens: 4200 } },
      }),
    )
    expect(answer.notes).toEqual([
      'The answer stopped at the sequence "</done>".',
      'The prompt cache was missed for 4,200 tokens: the system prompt changed.',
    ])
  })

  test.each<unknown>([{}, [], 5, true, 'Bad gateway', [1, 'x'], { completion: 'old' }, { choices: [] }])(
    'of a form that nobody knows, with all of it: %j',
    (stored) => {
      const { answer } = read(stored)
      expect(answer.shape).toBe('unrecognised')
      const [block] = answer.message?.blocks ?? []
      expect(block?.kind === 'unknown' ? block.json : block?.kind === 'text' && block.text).toEqual(stored)
    },
  )
})

describe('usage', () => {
  const usageOf = (usage: unknown) => read({ type: 'message', content: [], usage }).usage

  test('without lifetimes counts cache writes as 5 minutes and says so', () => {
    expect(usageOf({ cache_creation_input_tokens: 500 })).toMatchObject({
      cacheWrite5mTokens: 500,
      cacheWrite1hTokens: 0,
      cacheWriteSplitUnknown: true,
    })
    expect(usageOf({ cache_creation_input_tokens: 0 })).toMatchObject({
      cacheWrite5mTokens: 0,
      cacheWriteSplitUnknown: false,
    })
  })

  test('whose lifetimes do not add up keeps the sum', () => {
    expect(
      usageOf({ cache_creation_input_tokens: 500, cache_creation: { ephemeral_1h_input_tokens: 200 } }),
    ).toMatchObject({ cacheWrite5mTokens: 300, cacheWrite1hTokens: 200, cacheWriteSplitUnknown: true })
  })

  test('that is no count is none', () => {
    for (const junk of [-1, 1.5, '12', null, {}, 1e300]) {
      expect(usageOf({ input_tokens: junk, output_tokens: junk })).toMatchObject({
        inputTokens: null,
        outputTokens: null,
      })
    }
  })

  test('keeps tier, speed, place, searches and the attempts', () => {
    const iterations = [{ type: 'message', input_tokens: 1, output_tokens: 2 }]
    expect(
      usageOf({
        service_tier: 'batch',
        speed: 'fast',
        inference_geo: 'us',
        server_tool_use: { web_search_requests: 3 },
        iterations,
      }),
    ).toMatchObject({
      serviceTier: 'batch',
      speed: 'fast',
      inferenceGeo: 'us',
      webSearches: 3,
      iterations: JSON.stringify(iterations),
    })
  })
})
