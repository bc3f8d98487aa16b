import { apiMessage, toEvents, toEventText, wholeShapes } from './stored-shapes'
import { wireBlocks } from './wire-blocks'

/*
 * Bodies as proxies store them: each kind of block in each shape that can hold it, and each way of being broken. Their
 * normal forms are committed beside this file.
 */

const mixed = apiMessage(
  ['thinking', 'text with citations', 'tool use', 'web search result'].map(
    (name) => wireBlocks.find((block) => block.name === name)?.wire,
  ),
)
const events = toEvents(mixed)
const toolCall = { name: 'Bash', id: 'toolu_1', input: '{"command":"ls"}' }

/** Shapes that keep a part of an answer, or only say that there is none. */
const partial: Record<string, unknown> = {
  'one text with its tools beside it': { type: 'message', role: 'assistant', content: 'Hello', tool_calls: [toolCall] },
  'one text with usage': {
    type: 'message',
    role: 'assistant',
    content: 'Hello',
    tool_calls: [],
    usage: { output_tokens: 3 },
  },
  'one text and a tool input that was cut': { content: 'Hello', tool_calls: [{ ...toolCall, input: '{"comm' }] },
  'one text and tools that are no list': { content: 'Hello', tool_calls: { 0: toolCall } },
  'the text alone': { content: 'Hello' },
  'an empty text alone': { content: '' },
  'an error as a text': { error: 'The upstream did not answer.' },
  'an error as a number': { error: 500 },
  'an error of the API': {
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
    request_id: 'req_1',
  },
  'an error with details': { type: 'error', error: { type: 'api_error', message: 'x', details: { a: 1 } } },
  'an error without a message': { type: 'error', error: { type: 'rate_limit_error' } },
  'a message with an error beside it': { ...mixed, error: { type: 'api_error', message: 'late' } },
  'a rebuilt message with a damaged tool input': apiMessage([
    { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { _raw: '{"comm' } },
  ]),
  'a message of Bedrock': apiMessage([], { 'amazon-bedrock-invocationMetrics': { inputTokenCount: 1 } }),
  'a refusal': apiMessage([], {
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', category: 'cyber', explanation: 'No.' },
  }),
  'a stop sequence': apiMessage([], { stop_reason: 'stop_sequence', stop_sequence: 'END' }),
  'a missed cache': apiMessage([], {
    diagnostics: { cache_miss_reason: { type: 'tools_changed', cache_missed_input_tokens: 12_000 } },
  }),
  'a message without content': { type: 'message', role: 'assistant', model: 'm' },
  'a message whose content is null': apiMessage([], { content: null }),
  'a message whose content is an object': apiMessage([], { content: { type: 'text', text: 'Hello' } }),
  'blocks that are none': apiMessage([null, 7, 'bare text', [], {}, { type: 3 }]),
  'a stream without its start': events.slice(1),
  'a stream without its end': events.slice(0, -2),
  'a stream with two answers': [...events, ...events],
  'a stream that broke off with an error': [
    ...events.slice(0, 8),
    { type: 'error', error: { type: 'overloaded_error', message: 'x' } },
  ],
  'a stream of nothing but an error': [{ type: 'error', error: { type: 'overloaded_error', message: 'x' } }],
  'a stream of pings': [{ type: 'ping' }, { type: 'ping' }],
  'a stream with events of next year': [
    ...events.slice(0, 3),
    { type: 'hologram_delta', voxels: [1] },
    ...events.slice(3),
  ],
  'a stream with things that are no event': [...events.slice(0, 3), 7, null, 'noise', ...events.slice(3)],
  'no chunks': { chunks: [] },
  'chunks that are no list': { chunks: 'event: ping' },
  'a number': 7,
  true: true,
  'an empty list': [],
  'an empty object': {},
  'an object of another API': {
    choices: [{ message: { role: 'assistant', content: 'Hi' } }],
    object: 'chat.completion',
  },
}

const texts: Record<string, string | null> = {
  nothing: null,
  'JSON null': 'null',
  'JSON null in a string': '"null"',
  'an empty text': '',
  'white space': ' \n',
  'no JSON at all': '<html>502 Bad Gateway</html>',
  'JSON that was cut': JSON.stringify(mixed).slice(0, 200),
  'double-encoded JSON that was cut': JSON.stringify(JSON.stringify(mixed).slice(0, 200)),
  'a lone surrogate and a zero byte': JSON.stringify({ content: 'a\ud800b\u0000c' }),
  'numbers beyond all bounds': '{"content":"x","usage":{"input_tokens":1e999,"output_tokens":-4}}',
  'a key that is no key': '{"content":"x","__proto__":{"error":"y"},"constructor":1}',
  'a stream with comments and another mark at its end': `: hi\n${toEventText(events)}data: [DONE]\n\n`,
  'a stream with bare CR': toEventText(events, '\r'),
}

/** Stored answers by name. */
export function storedAnswers(): [name: string, text: string | null][] {
  return [
    ...wireBlocks.flatMap(({ name, wire }) =>
      wholeShapes.map(([shape, , store]): [string, string] => [`${name}, ${shape}`, store(apiMessage([wire]))]),
    ),
    ...wholeShapes.flatMap(([shape, , store]) =>
      [0.1, 0.3, 0.5, 0.7, 0.9].map((part): [string, string] => {
        const text = store(mixed)
        return [`${shape}, cut at ${part * 100}%`, text.slice(0, Math.floor(text.length * part))]
      }),
    ),
    ...Object.entries(partial).flatMap(([name, value]): [string, string][] => [
      [name, JSON.stringify(value)],
      [`${name}, in a string`, JSON.stringify(JSON.stringify(value))],
    ]),
    ...Object.entries(texts),
  ]
}

const user = (content: unknown) => ({ role: 'user', content })

const requests: Record<string, unknown> = {
  'a text': { messages: [user('Hello')] },
  'a list of strings': { messages: [user(['Hello', 'you'])] },
  'one block that stands in no list': { messages: [user({ type: 'text', text: 'Hello' })] },
  'null content': { messages: [user(null)] },
  'no content': { messages: [{ role: 'user' }] },
  'a role of next year': { messages: [{ role: 'oracle', content: 'Hm' }] },
  'a system message in the middle': { messages: [user('a'), { role: 'system', content: 'b' }, user('c')] },
  'messages that are none': { messages: [null, 7, 'text', []] },
  'messages that are no list': { messages: { role: 'user' } },
  'no messages': { model: 'm' },
  'fields beside a message': { messages: [{ role: 'user', content: 'a', id: 'x' }] },
  'system as a text': { system: 'Be kind.', messages: [] },
  'system as blocks with cache markers': {
    system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    messages: [],
  },
  'system that is a number': { system: 7, messages: [] },
  'tools of every kind': {
    tools: [
      { name: 'Read', description: 'Reads', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
      { type: 'custom', name: 'Write', input_schema: {} },
      { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
      'a name alone',
      null,
    ],
    messages: [],
  },
  'tools that are no list': { tools: { name: 'Read' }, messages: [] },
  'every parameter': {
    messages: [],
    max_tokens: 1,
    temperature: 0,
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
    metadata: { user_id: 'user_a_account_b_session_01234567-89ab' },
    mcp_servers: [{ url: 'https://mcp.example' }],
    brand_new: { a: [1] },
  },
  'a session as JSON': { messages: [], metadata: { user_id: '{"session_id":"s1"}' } },
  'a list': [user('Hello')],
  'a number': 7,
}

/** Stored requests by name. */
export function storedRequests(): [name: string, text: string | null][] {
  const values: [string, unknown][] = [
    ...wireBlocks.map(({ name, wire }): [string, unknown] => [`${name} in a message`, { messages: [user([wire])] }]),
    ...wireBlocks.map(({ name, wire }): [string, unknown] => [
      `${name} in the result of a tool`,
      { messages: [user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: [wire] }])] },
    ]),
    ...Object.entries(requests),
  ]
  return [
    ...values.flatMap(([name, value]): [string, string][] => [
      [name, JSON.stringify(value)],
      [`${name}, in a string`, JSON.stringify(JSON.stringify(value))],
    ]),
    ...Object.entries(texts),
  ]
}
