import type { Answer, ContentBlock } from '../../contract/conversations'
import { asText, isObject, without, type JsonObject } from './json-values'
import { unknownBlock } from './read-blocks'
import { answerOf, type NormalResponse } from './read-answer-message'
import { readUsage } from './read-usage'

type AnswerError = NonNullable<Answer['error']>

/** The API's `error` object, a proxy's text, or whatever else stands there; null for none. */
export function readError(error: unknown): AnswerError | null {
  if (error === null || error === undefined) return null
  if (typeof error === 'string') return { type: 'error', message: error }
  if (!isObject(error)) return { type: 'error', message: String(error) }
  // A stream's event and some gateways wrap the API's error once more.
  const inner = isObject(error.error) ? error.error : error
  return { type: asText(inner.type) ?? 'error', message: asText(inner.message) ?? 'The stored error has no message.' }
}

/** An answer that is nothing but an error. Fields beside type and message stand in a block. */
export function readErrorBody(body: JsonObject): NormalResponse {
  const isText = typeof body.error === 'string'
  const requestId = asText(body.request_id)
  const blocks: ContentBlock[] = []
  const rest = without(body, ['type', 'error', 'request_id'])
  const details = isObject(body.error) ? without(body.error, ['type', 'message']) : null
  if (details) blocks.push(unknownBlock({ type: 'error details', ...details }))
  if (rest) blocks.push(unknownBlock({ type: 'other fields', ...rest }))
  return {
    answer: answerOf({
      shape: isText ? 'error-text' : 'api-error',
      notes: requestId === null ? [] : [`The API knows this failure as ${requestId}.`],
      message: blocks.length === 0 ? null : { role: 'assistant', blocks, tokens: null, tokensEstimated: false },
      error: readError(body.error),
    }),
    usage: readUsage(body.usage, { stopReason: null, isError: true }),
    model: asText(body.model),
  }
}
