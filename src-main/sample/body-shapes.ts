import { textOf, type ApiMessage } from './blocks'
import type { SeedRandom } from './seed-random'
import { eventText, sseRecord, streamEvents, type StreamEnd } from './stream-events'

/** The ways in which proxies of this family keep an answer. */
export type StoredAs =
  /** The API's message, whole. */
  | 'message'
  /** One string of text, tools beside it, thinking lost, only the last usage seen. */
  | 'flattened'
  /** The text and nothing else. */
  | 'text-only'
  /** A message put together again from text and tool calls; a call that did not parse stays raw. */
  | 'rebuilt'
  /** The same, with what Amazon Bedrock adds. */
  | 'rebuilt-bedrock'
  /** The message as JSON inside a JSON string. */
  | 'json-text'
  /** The event stream as one string. */
  | 'event-text'
  /** The event stream as an array of events. */
  | 'event-list'
  /** The event stream as it came, piece by piece. */
  | 'chunks'
  /** No body: one row an event in `streaming_chunks`. */
  | 'chunk-rows'

export interface StoredAnswer {
  /** JSON text for the response column. */
  body: string | null
  streamChunks: string[]
}

/** The answer as a proxy with that habit stores it. A stream that did not end well is only seen where events are kept. */
export function storeAnswer(message: ApiMessage, storedAs: StoredAs, random: SeedRandom, end: StreamEnd): StoredAnswer {
  const events = () => streamEvents(message, random, end)
  const body = (value: unknown): StoredAnswer => ({ body: JSON.stringify(value), streamChunks: [] })
  switch (storedAs) {
    case 'message':
      return body(message)
    case 'flattened':
      return body(flatten(message, random))
    case 'text-only':
      return body({ content: textOf(message.content) })
    case 'rebuilt':
      return body(rebuild(message, random))
    case 'rebuilt-bedrock':
      return body({ ...rebuild(message, random), amazon_bedrock_invocationMetrics: bedrockMetrics(message, random) })
    case 'json-text':
      return body(JSON.stringify(message))
    case 'event-text':
      return body(eventText(events()))
    case 'event-list':
      return body(events())
    case 'chunks':
      return body({ chunks: random.chance(0.5) ? events() : events().map(sseRecord) })
    case 'chunk-rows':
      return { body: null, streamChunks: events().map(sseRecord) }
  }
}

function flatten(message: ApiMessage, random: SeedRandom) {
  const toolCalls = message.content
    .filter((block) => block.type === 'tool_use')
    .map(({ name, id, input }) => ({ name, id, input: JSON.stringify(input) }))
  const { input_tokens, output_tokens } = message.usage
  return {
    type: 'message',
    role: 'assistant',
    model: message.model,
    content: textOf(message.content),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    usage: random.chance(0.7) ? { output_tokens } : { input_tokens, output_tokens },
  }
}

function rebuild({ stop_details: _lost, ...message }: ApiMessage, random: SeedRandom) {
  const content = message.content
    .filter((block) => block.type === 'text' || block.type === 'tool_use')
    .map((block) => {
      if (block.type !== 'tool_use' || !random.chance(0.01)) return block
      const json = JSON.stringify(block.input)
      return { ...block, input: { _raw: json.slice(0, Math.max(2, json.length - 9)) } }
    })
  return { ...message, content }
}

function bedrockMetrics({ usage }: ApiMessage, random: SeedRandom) {
  return {
    inputTokenCount: usage.input_tokens,
    outputTokenCount: usage.output_tokens,
    invocationLatency: 1200 + usage.output_tokens * 14 + random.integer(0, 400),
    firstByteLatency: random.integer(420, 1600),
  }
}
