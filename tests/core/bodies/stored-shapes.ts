type Json = Record<string, unknown>

/** The API's answer that the shapes below store. */
export function apiMessage(content: unknown[], more: Json = {}): Json {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: 12,
      output_tokens: 34,
      cache_read_input_tokens: 56,
      cache_creation_input_tokens: 9,
      cache_creation: { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 2 },
      service_tier: 'standard',
    },
    ...more,
  }
}

/** The same answer as the events of its stream: texts in pieces, inputs as JSON in pieces, cumulative usage. */
export function toEvents(message: Json): Json[] {
  const { content, stop_reason, stop_sequence, usage, ...head } = message
  const counts = usage as Json
  return [
    {
      type: 'message_start',
      message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...counts, output_tokens: 1 } },
    },
    { type: 'ping' },
    ...(content as Json[]).flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence },
      usage: { input_tokens: null, output_tokens: counts.output_tokens },
    },
    { type: 'message_stop' },
  ]
}

function blockEvents(block: Json, index: number): Json[] {
  const start = { ...block }
  const deltas: Json[] = []
  if (typeof block.text === 'string' && block.type === 'text') {
    start.text = ''
    deltas.push(...pieces(block.text).map((text) => ({ type: 'text_delta', text })))
  }
  if (typeof block.thinking === 'string') {
    start.thinking = ''
    start.signature = ''
    deltas.push(...pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })))
    deltas.push({ type: 'signature_delta', signature: block.signature })
  }
  if (Array.isArray(block.citations)) {
    start.citations = []
    deltas.push(...block.citations.map((citation: unknown) => ({ type: 'citations_delta', citation })))
  }
  if (block.input !== undefined) {
    start.input = {}
    deltas.push(
      ...pieces(JSON.stringify(block.input)).map((json) => ({ type: 'input_json_delta', partial_json: json })),
    )
  }
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,3}/g) ?? ['']
}

export function toEventText(events: Json[], newline = '\n'): string {
  return events
    .map((event) => `event: ${String(event.type)}${newline}data: ${JSON.stringify(event)}${newline.repeat(2)}`)
    .join('')
}

/** The stored text of each shape that keeps the whole answer, and the shape's name in the normal form. */
export const wholeShapes: [name: string, shape: string, store: (message: Json) => string][] = [
  ['as the API answers', 'message', (message) => JSON.stringify(message)],
  ['as JSON in a JSON string', 'json-text', (message) => JSON.stringify(JSON.stringify(message))],
  [
    'as JSON in a string in a string',
    'json-text',
    (message) => JSON.stringify(JSON.stringify(JSON.stringify(message))),
  ],
  ['as a list of events', 'event-list', (message) => JSON.stringify(toEvents(message))],
  ['as a list of events in a string', 'json-text', (message) => JSON.stringify(JSON.stringify(toEvents(message)))],
  [
    'as a list of JSON texts',
    'event-list',
    (message) => JSON.stringify(toEvents(message).map((event) => JSON.stringify(event))),
  ],
  [
    'as a list of event texts',
    'event-list',
    (message) => JSON.stringify(toEvents(message).map((event) => toEventText([event]).trimEnd())),
  ],
  [
    'as named events',
    'event-list',
    (message) => JSON.stringify(toEvents(message).map((event) => ({ event: event.type, data: event }))),
  ],
  ['as the text of the stream in a string', 'event-text', (message) => JSON.stringify(toEventText(toEvents(message)))],
  ['as the bare text of the stream', 'event-text', (message) => toEventText(toEvents(message))],
  ['as the text of the stream with CRLF', 'event-text', (message) => toEventText(toEvents(message), '\r\n')],
  [
    'as one event a line',
    'event-text',
    (message) =>
      toEvents(message)
        .map((event) => JSON.stringify(event))
        .join('\n'),
  ],
  ['as chunks of events', 'chunks', (message) => JSON.stringify({ chunks: toEvents(message) })],
  [
    'as chunks of the stream cut anywhere',
    'chunks',
    (message) => JSON.stringify({ chunks: toEventText(toEvents(message)).match(/[\s\S]{1,40}/g) }),
  ],
  [
    'as numbered chunks in the wrong order',
    'chunks',
    (message) =>
      JSON.stringify({
        chunks: toEvents(message)
          .map((event, chunk_index) => ({ chunk_index, chunk_data: JSON.stringify(event) }))
          .toReversed(),
      }),
  ],
]
