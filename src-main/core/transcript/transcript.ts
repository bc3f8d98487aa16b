import type { Answer, ContentBlock, Message, RequestDetail, ToolDefinition } from '../../contract/conversations'
import type { ThreadedRequest } from '../../contract/threads'
import { hashAnswer } from '../threads/loose-hash'
import { hashOf } from '../threads/turn-diff'

/** One request of a transcript with what is new in it. */
export interface TranscriptRequest {
  id: string
  timestamp: string
  domain: string | null
  model: string | null
  kind: ThreadedRequest['kind'] | null
  turn: number | null
  inputTokens: number | null
  outputTokens: number | null
  cacheReadTokens: number | null
  cacheWriteTokens: number | null
  costUsd: number | null
  responseTimeMs: number | null
  /** Where it is not that of the request before. */
  system: ContentBlock[] | null
  tools: ToolDefinition[] | null
  parameters: Record<string, unknown>
  /** How many messages of the request stand in the one before it already. */
  messagesBefore: number
  messages: Message[]
  answer: Answer
}

export interface Transcript {
  conversationId: string | null
  requests: TranscriptRequest[]
}

/** What of a request is remembered to tell what is new in those that carry it on. */
export interface ReadBefore {
  system: number
  tools: number
  messages: number[]
  answer: number
}

export function rememberRequest(detail: RequestDetail): ReadBefore {
  return {
    system: hashOf(detail.system),
    tools: hashOf(detail.tools),
    messages: detail.messages.map(({ role, blocks }) => hashOf([role, blocks])),
    answer: hashAnswer(detail.response.message?.blocks ?? []).hash,
  }
}

/** The request without what stands in the one before it: that is read there. */
export function toTranscriptRequest(
  detail: RequestDetail,
  place: Pick<ThreadedRequest, 'kind' | 'turn'> | null,
  before: ReadBefore | null,
): TranscriptRequest {
  const now = rememberRequest(detail)
  const former = before?.messages ?? []
  const firstNew = now.messages.findIndex((message, index) => message !== former[index])
  let kept = firstNew === -1 ? now.messages.length : firstNew
  const next = detail.messages[kept]
  const repeatsAnswer =
    before !== null &&
    before.answer !== 0 &&
    kept === before.messages.length &&
    next?.role === 'assistant' &&
    hashAnswer(next.blocks).hash === before.answer
  if (repeatsAnswer) kept++
  const { request, response } = detail
  return {
    id: request.id,
    timestamp: request.timestamp,
    domain: request.domain,
    model: request.model,
    kind: place?.kind ?? null,
    turn: place?.turn ?? null,
    inputTokens: request.inputTokens,
    outputTokens: request.outputTokens,
    cacheReadTokens: request.cacheReadTokens,
    cacheWriteTokens: request.cacheWriteTokens,
    costUsd: request.costUsd,
    responseTimeMs: request.responseTimeMs,
    system: before?.system === now.system ? null : detail.system,
    tools: before?.tools === now.tools ? null : detail.tools,
    parameters: detail.parameters,
    messagesBefore: kept,
    messages: detail.messages.slice(kept),
    answer: response,
  }
}
