import { describe, expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { wireBlocks } from './wire-blocks'

function read(value: unknown) {
  return readRequestBody(JSON.stringify(value))
}

const hello = { role: 'user', content: 'Hello' }
const helloMessage = {
  role: 'user',
  blocks: [{ kind: 'text', text: 'Hello' }],
  tokens: null,
  tokensEstimated: false,
}

describe('a request', () => {
  test('is the same stored as an object and as JSON in a string', () => {
    const body = { model: 'claude-opus-5', max_tokens: 10, system: 'Be kind.', messages: [hello] }
    const plain = read(body)
    expect(plain).toEqual({
      system: [{ kind: 'text', text: 'Be kind.' }],
      tools: [],
      parameters: { max_tokens: 10 },
      messages: [helloMessage],
      model: 'claude-opus-5',
      sessionId: null,
      notes: [],
    })
    const wrapped = read(JSON.stringify(JSON.stringify(body)))
    expect(wrapped).toEqual({ ...plain, notes: [expect.stringContaining('JSON string')] })
  })

  test.each(wireBlocks)('keeps its $name', ({ wire, normal }) => {
    expect(read({ messages: [{ role: 'user', content: [wire] }] }).messages[0]?.blocks).toEqual(normal)
  })

  test('keeps every top field that is not shown elsewhere', () => {
    const parameters = { temperature: 0, stream: true, thinking: { type: 'adaptive' }, metadata: { user_id: 'u' } }
    expect(read({ model: 'm', system: 's', tools: [], messages: [], ...parameters }).parameters).toEqual(parameters)
  })

  test('keeps system messages in the middle and roles that do not exist', () => {
    const roles = ['user', 'system', 'assistant', 'narrator']
    const { messages } = read({ messages: roles.map((role) => ({ role, content: 'x' })) })
    expect(messages.map(({ role }) => role)).toEqual(roles)
  })

  test('has the last cache marker of each message', () => {
    const block = { type: 'text', text: 'x' }
    const { messages } = read({
      messages: [
        {
          role: 'user',
          content: [
            { ...block, cache_control: { type: 'ephemeral' } },
            { ...block, cache_control: { type: 'ephemeral', ttl: '1h' } },
            block,
          ],
        },
        hello,
      ],
    })
    expect(messages.map(({ cacheControl }) => cacheControl)).toEqual([{ type: 'ephemeral', ttl: '1h' }, undefined])
    expect(messages[0]?.blocks).toEqual(Array.from({ length: 3 }, () => ({ kind: 'text', text: 'x' })))
  })

  test('has tools with their schema, and all fields of tools that are more than that', () => {
    const schema = { type: 'object', properties: { path: { type: 'string' } } }
    const { tools } = read({
      tools: [
        { name: 'Read', description: 'Reads.', input_schema: schema, cache_control: { type: 'ephemeral' } },
        { type: 'custom', name: 'Bare', input_schema: schema },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
        { name: 'Strict', input_schema: schema, strict: true },
        'not a tool',
      ],
    })
    expect(tools).toEqual([
      { name: 'Read', description: 'Reads.', schema },
      { name: 'Bare', description: null, schema },
      { name: 'web_search', description: null, schema: { type: 'web_search_20250305', max_uses: 3 } },
      { name: 'Strict', description: null, schema: { input_schema: schema, strict: true } },
      { name: '', description: null, schema: 'not a tool' },
    ])
  })

  test.each([
    [`user_${'a'.repeat(64)}_account_${'b'.repeat(36)}_session_0198f1c2-aaaa-bbbb-cccc-0123456789ab`],
    [JSON.stringify({ device_id: 'd', session_id: '0198f1c2-aaaa-bbbb-cccc-0123456789ab' })],
  ])('names the session of Claude Code, in the old and the new form', (user_id) => {
    expect(read({ metadata: { user_id } }).sessionId).toBe('0198f1c2-aaaa-bbbb-cccc-0123456789ab')
  })

  test('names no session where there is none', () => {
    for (const metadata of [null, {}, { user_id: 'user-17' }, { user_id: '{broken' }, { user_id: 5 }]) {
      expect(read({ metadata }).sessionId).toBeNull()
    }
  })
})

describe('a request that is broken', () => {
  test('is empty where nothing is stored', () => {
    for (const text of [null, 'null']) {
      expect(readRequestBody(text)).toMatchObject({ messages: [], notes: ['No request body is stored.'] })
    }
  })

  test.each<[string, unknown]>([
    ['{"messages": [{"role": "us', '{"messages": [{"role": "us'],
    ['', ''],
    ['[1, 2]', [1, 2]],
    ['"hello"', 'hello'],
    ['7', 7],
  ])('is shown whole as one block: %j', (text, json) => {
    const { messages, notes } = readRequestBody(text)
    expect(messages).toMatchObject([{ role: 'unknown', blocks: [{ kind: 'unknown', json }] }])
    expect(notes.length).toBe(1)
  })

  test.each<[string, unknown, unknown[]]>([
    ['messages that are no list', { messages: 'hi' }, [{ kind: 'unknown', wireType: 'string', json: 'hi' }]],
    ['a message that is no object', { messages: [5] }, [{ kind: 'unknown', wireType: 'number', json: 5 }]],
    ['a content that is null', { messages: [{ role: 'user', content: null }] }, []],
    [
      'a content that is one block',
      { messages: [{ role: 'user', content: { type: 'text', text: 'x' } }] },
      [{ kind: 'text', text: 'x' }],
    ],
    [
      'a content of strings and nulls',
      { messages: [{ role: 'user', content: ['x', null] }] },
      [
        { kind: 'text', text: 'x' },
        { kind: 'unknown', wireType: 'null', json: null },
      ],
    ],
    [
      'fields of another API',
      { messages: [{ role: 'user', content: 'x', tool_calls: [1] }] },
      [
        { kind: 'text', text: 'x' },
        { kind: 'unknown', wireType: 'other fields', json: { tool_calls: [1] } },
      ],
    ],
  ])('keeps %s', (_, body, blocks) => {
    expect(read(body).messages[0]?.blocks).toEqual(blocks)
  })
})
