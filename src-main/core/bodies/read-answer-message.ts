import type { Answer, ContentBlock } from '../../contract/conversations'
import { asCount, asText, isObject, type JsonObject } from './json-values'
import { readBlocks } from './read-blocks'
import { type AnswerUsage, readUsage } from './read-usage'

/** A response body in normal form. */
export interface NormalResponse {
  answer: Answer
  /** Null where there is no answer at all. */
  usage: AnswerUsage | null
  /** The model that answered, as the answer names it. */
  model: string | null
  /** How much of its output was thinking, where the API counted that. */
  thinkingTokens?: number
  /** Why the API missed its prompt cache, where it says so. */
  cacheMissReason?: { type: string; missedTokens: number | null }
}

/** An answer with nothing but what is given. */
export function answerOf(part: Pick<Answer, 'shape' | 'notes'> & Partial<Answer>): Answer {
  return { message: null, stopReason: null, refusal: null, error: null, ...part }
}

/** The API's message, stored or put together from its stream. `blocks` replaces the message's own content. */
export function readAnswerMessage(stored: {
  shape: Answer['shape']
  notes: string[]
  message: JsonObject
  blocks?: ContentBlock[]
  error: Answer['error']
}): NormalResponse {
  const { shape, message, error } = stored
  const blocks = stored.blocks ?? readBlocks(message.content)
  const stopReason = asText(message.stop_reason)
  const usage = readUsage(message.usage, { stopReason, isError: error !== null })
  const { outputTokens } = usage
  const hasMessage = blocks.length > 0 || error === null
  const cacheMissReason = readCacheMiss(message)
  const thinkingTokens = readThinkingTokens(message)
  return {
    answer: answerOf({
      shape,
      notes: [...new Set([...stored.notes, ...describe(message, blocks)])],
      message: hasMessage
        ? { role: asText(message.role) ?? 'assistant', blocks, tokens: outputTokens, tokensEstimated: false }
        : null,
      stopReason,
      refusal: readRefusal(message, stopReason),
      error,
    }),
    usage,
    model: asText(message.model),
    ...(thinkingTokens !== null && { thinkingTokens }),
    ...(cacheMissReason && { cacheMissReason }),
  }
}

function readThinkingTokens({ usage }: JsonObject): number | null {
  const details = isObject(usage) ? usage.output_tokens_details : null
  return isObject(details) ? asCount(details.thinking_tokens) : null
}

function readCacheMiss(message: JsonObject): NormalResponse['cacheMissReason'] {
  const reason = isObject(message.diagnostics) ? message.diagnostics.cache_miss_reason : null
  if (!isObject(reason)) return undefined
  return { type: asText(reason.type) ?? '', missedTokens: asCount(reason.cache_missed_input_tokens) }
}

function readRefusal(message: JsonObject, stopReason: string | null): Answer['refusal'] {
  const details = isObject(message.stop_details) ? message.stop_details : null
  if (stopReason !== 'refusal' && details?.type !== 'refusal') return null
  return { category: asText(details?.category), explanation: asText(details?.explanation) }
}

const cacheMissReasons: Record<string, string> = {
  model_changed: 'the model changed',
  system_changed: 'the system prompt changed',
  tools_changed: 'the tools changed',
  messages_changed: 'an earlier message changed',
  previous_message_not_found: 'the previous message was not found',
  unavailable: 'no reason is available',
}

function describe(message: JsonObject, blocks: ContentBlock[]): string[] {
  const notes: string[] = []
  const stopSequence = asText(message.stop_sequence)
  if (stopSequence !== null) notes.push(`The answer stopped at the sequence ${JSON.stringify(stopSequence)}.`)
  if (blocks.some((block) => block.kind === 'tool-use' && isObject(block.input) && '_raw' in block.input)) {
    notes.push('The input of a tool call was cut or damaged; its text is shown as it was stored.')
  }
  const reason = readCacheMiss(message)
  if (reason) {
    const why = cacheMissReasons[reason.type] ?? (reason.type || 'no reason is given')
    const tokens = reason.missedTokens
    const howMuch = tokens === null ? '' : ` for ${tokens.toLocaleString('en-US')} tokens`
    notes.push(`The prompt cache was missed${howMuch}: ${why}.`)
  }
  return notes
}
