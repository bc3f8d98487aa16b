import type { Answer } from '../../contract/conversations'
import { assembleStream } from './assemble-stream'
import { asText, isObject, type JsonObject } from './json-values'
import { looksLikeEvents, looksLikeEventText, readEventList, readEventText, type ReadEvents } from './read-events'
import { parseStoredText } from './parse-stored-text'
import { unknownBlock } from './read-blocks'
import { readError, readErrorBody } from './read-error'
import { answerOf, type NormalResponse, readAnswerMessage } from './read-answer-message'

/*
 * A response body as proxies of this family store it: the API's message, a flattened stream, a bare text, an error of
 * either kind, or the stream itself in several wrappings. Nothing of it is trusted. Reading it never throws and drops
 * nothing; what is not understood stands as a block with its JSON.
 */

export type { NormalResponse }

/** The answer in normal form, with the usage and the model that it names. */
export function readResponseBody(text: string | null): NormalResponse {
  if (text === null || text.trim() === '') return missing()
  const stored = parseStoredText(text)
  const response = readValue(stored.value)
  if (!stored.isDoubleEncoded || response.answer.shape === 'missing') return response
  const notes = ['The answer was stored as JSON inside a JSON string.', ...response.answer.notes]
  return { ...response, answer: { ...response.answer, shape: 'json-text', notes } }
}

function readValue(value: unknown): NormalResponse {
  if (value === null) return missing()
  if (typeof value === 'string') {
    return looksLikeEventText(value) ? readStream('event-text', readEventText(value)) : unrecognised(value)
  }
  if (Array.isArray(value)) {
    return looksLikeEvents(value) ? readStream('event-list', readEventList(value)) : unrecognised(value)
  }
  if (!isObject(value)) return unrecognised(value)
  if (Array.isArray(value.chunks)) return readStream('chunks', readEventList(value.chunks), value)
  const { content, type } = value
  if (Array.isArray(content) || (type === 'message' && typeof content !== 'string')) return readMessage(value)
  if (typeof content === 'string') return readFlattened(value, content)
  if (value.error !== undefined && value.error !== null) return readErrorBody(value)
  return looksLikeEvents([value]) ? readStream('event-list', readEventList([value])) : unrecognised(value)
}

function missing(): NormalResponse {
  const notes = ['No answer is stored: the request is still running, or it was never answered.']
  return { answer: answerOf({ shape: 'missing', notes }), usage: null, model: null }
}

function unrecognised(value: unknown): NormalResponse {
  const isText = typeof value === 'string'
  return readAnswerMessage({
    shape: 'unrecognised',
    notes: [isText ? 'The stored answer is a bare text.' : 'The stored answer has an unknown form.'],
    blocks: isText ? [{ kind: 'text', text: value }] : [unknownBlock(value)],
    message: isObject(value) ? value : {},
    error: null,
  })
}

function readMessage(message: JsonObject): NormalResponse {
  return readAnswerMessage({ shape: 'message', notes: [], message, error: readError(message.error) })
}

/** `wrapper` is the object that the events stood in; it may bear the usage and the model. */
function readStream(shape: Answer['shape'], { events, rest }: ReadEvents, wrapper: JsonObject = {}): NormalResponse {
  const { message, error, hasMessage, notes } = assembleStream(events)
  const failure = readError(error)
  if (failure && !hasMessage && rest.length === 0) {
    return readAnswerMessage({ shape, notes: [], message: {}, blocks: [], error: failure })
  }
  if (failure) notes.push('The stream broke off with an error.')
  if (rest.length > 0) notes.push('Some of the stored stream is no event and stands at the end as it is.')
  const content = Array.isArray(message.content) ? message.content : []
  return readAnswerMessage({
    shape,
    notes,
    message: {
      ...wrapper,
      ...message,
      content: [...content, ...rest.map((piece) => ({ type: 'stream piece', piece }))],
    },
    error: failure,
  })
}

/** The text of a stream with its tools beside it, as an older proxy wrote it; or the text alone. */
function readFlattened(body: JsonObject, content: string): NormalResponse {
  const isTextAlone = Object.keys(body).every((key) => key === 'content' || key === 'role')
  const notes = isTextAlone
    ? ['Of this answer only the text was stored: no usage, no tool calls, no thinking.']
    : ['This answer was stored as one text: thinking was not kept, and tool calls stand behind the text.']
  const calls = Array.isArray(body.tool_calls) ? body.tool_calls : []
  const extra = body.tool_calls !== undefined && !Array.isArray(body.tool_calls) ? [body.tool_calls] : []
  return readAnswerMessage({
    shape: isTextAlone ? 'text-only' : 'flattened-stream',
    notes,
    message: {
      ...body,
      content: [...(content === '' ? [] : [{ type: 'text', text: content }]), ...calls.map(toToolUse), ...extra],
    },
    error: readError(body.error),
  })
}

/** `{ name, id, input: "<JSON text>" }` as a block of the API; an input that does not parse stays as `_raw`. */
function toToolUse(call: unknown): unknown {
  if (!isObject(call)) return call
  const input = asText(call.input)
  if (input === null) return { ...call, type: 'tool_use' }
  const parsed = parseStoredText(input === '' ? '{}' : input)
  return { ...call, type: 'tool_use', input: parsed.isJson ? parsed.value : { _raw: input } }
}
