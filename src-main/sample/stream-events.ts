import type { ApiMessage, Block } from './blocks'
import type { SeedRandom } from './seed-random'

export interface StreamEvent {
  type: string
  [field: string]: unknown
}

/** How a stream came to its end: `cut` stops in the middle, `error` is followed by an error event after status 200. */
export type StreamEnd = 'whole' | 'cut' | 'error'

/**
 * The events that the API streams for this answer. `message_delta.usage` is cumulative, as on the wire; deltas are
 * longer than the API's own so that a stored stream stays near the size of its text.
 */
export function streamEvents(message: ApiMessage, random: SeedRandom, end: StreamEnd = 'whole'): StreamEvent[] {
  const { content, stop_reason, stop_sequence, usage, ...start } = message
  const events: StreamEvent[] = [
    {
      type: 'message_start',
      message: { ...start, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
    },
    ...content.flatMap((block, index) => blockEvents(block, index, random)),
  ]
  events.splice(2, 0, { type: 'ping' })
  if (end !== 'whole') {
    const cut = events.slice(0, Math.max(3, Math.floor(events.length * 0.6)))
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    return end === 'cut' ? cut : [...cut, overloaded]
  }
  return [
    ...events,
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence, ...(message.stop_details && { stop_details: message.stop_details }) },
      usage: { input_tokens: null, output_tokens: usage.output_tokens },
    },
    { type: 'message_stop' },
  ]
}

/** The same events as the text of an SSE stream. */
export function eventText(events: readonly StreamEvent[]): string {
  return events.map(sseRecord).join('')
}

/** One event as it stands in an SSE stream. */
export function sseRecord(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

function blockEvents(block: Block, index: number, random: SeedRandom): StreamEvent[] {
  const { empty, deltas } = takeApart(block, random)
  return [
    { type: 'content_block_start', index, content_block: empty },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function takeApart(block: Block, random: SeedRandom): { empty: Block; deltas: StreamEvent[] } {
  if (block.type === 'text') {
    const citations = (block.citations as unknown[] | undefined) ?? []
    return {
      empty: { type: 'text', text: '', ...(block.citations !== undefined && { citations: [] }) },
      deltas: [
        ...citations.map((citation) => ({ type: 'citations_delta', citation })),
        ...pieces(String(block.text), random).map((text) => ({ type: 'text_delta', text })),
      ],
    }
  }
  if (block.type === 'thinking') {
    return {
      empty: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...pieces(String(block.thinking), random).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ],
    }
  }
  if (['tool_use', 'server_tool_use', 'mcp_tool_use'].includes(block.type)) {
    return {
      empty: { ...block, input: {} },
      deltas: ['', ...pieces(JSON.stringify(block.input), random)].map((json) => ({
        type: 'input_json_delta',
        partial_json: json,
      })),
    }
  }
  return { empty: block, deltas: [] }
}

function pieces(text: string, random: SeedRandom): string[] {
  // By code point, so that no piece ends within a character.
  const characters = [...text]
  const parts: string[] = []
  for (let start = 0; start < characters.length;) {
    const length = random.integer(30, 160)
    parts.push(characters.slice(start, start + length).join(''))
    start += length
  }
  return parts
}
