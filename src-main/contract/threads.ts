import { z } from 'zod'
import { contentBlock, requestRow } from './conversations'

export const threadRequest = z.object({
  row: requestRow,
  /** The request that this one carries on, or that called it; null for a start. */
  parentId: z.string().nullable(),
  /** The first of identical requests, for a retry of it. */
  retryOf: z.string().nullable(),
  /** The tool call that began a sub-agent. */
  toolUseId: z.string().nullable(),
  kind: z.enum(['start', 'turn', 'branch', 'retry', 'sub-agent', 'compaction', 'side']),
  /** `main`, or the id of the request that the branch begins with. */
  branch: z.string(),
  reason: z.enum([
    'nothing-earlier',
    'answer-continued',
    'messages-continued',
    'answer-repeated',
    'messages-identical',
    'task-prompt',
    'summary-continued',
    'same-session',
    'source-says',
    'by-hand',
  ]),
  confidence: z.enum(['high', 'medium', 'low']),
  /** From 1, along the line of parents; null while the request is not joined yet. */
  turn: z.number().int().nullable(),
  /** How deep it is folded in: 0 on the main line. */
  depth: z.number().int(),
  /** Milliseconds from the end of what it carries on to its own beginning, at least 0; null without a parent. */
  gapMs: z.number().nullable(),
})
export type ThreadedRequest = z.infer<typeof threadRequest>

export const threadTotals = z.object({
  requests: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  cacheWriteTokens: z.number().int(),
  /** The exact sum of the priced rows, in US dollars. */
  costUsd: z.number(),
  /** Requests that used something without a price: not part of `costUsd`. */
  unpriced: z.number().int(),
})
export type ThreadTotals = z.infer<typeof threadTotals>

/** The conversation that a request belongs to, in reading order. */
export const thread = z.object({
  conversationId: z.string(),
  requests: z.array(threadRequest),
  totals: threadTotals,
  /** False while requests around it are still unread: more may join. */
  complete: z.boolean(),
})
export type Thread = z.infer<typeof thread>

const partChange = z.enum(['same', 'added', 'dropped', 'changed'])

/** What became of one message between two requests. Indexes count from 0 in the stored lists. */
export const messageChange = z.object({
  change: z.enum(['added', 'dropped', 'changed']),
  role: z.string(),
  /** In this request's messages; null for a dropped one. */
  index: z.number().int().nullable(),
  /** In the parent's messages; null for an added one. */
  parentIndex: z.number().int().nullable(),
  /** True for an added message that is the parent's own answer, which was read there. */
  isParentAnswer: z.boolean(),
})
export type MessageChange = z.infer<typeof messageChange>

export const turnDiff = z.object({
  model: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  system: partChange,
  /** The parent's system prompt where it is another. */
  formerSystem: z.array(contentBlock),
  tools: z.object({ added: z.array(z.string()), dropped: z.array(z.string()), changed: z.array(z.string()) }),
  /** Names of other top fields that are not as they were. */
  parameters: z.array(z.string()),
  /** Messages that both have, at the beginning: what need not be read again. */
  keptMessages: z.number().int(),
  messages: z.array(messageChange),
})
export type TurnDiff = z.infer<typeof turnDiff>

export const cacheMissReason = z.enum([
  'model-changed',
  'tools-changed',
  'system-changed',
  'messages-changed',
  'pause-too-long',
  'previous-message-not-found',
  'unknown',
])
export type CacheMissReason = z.infer<typeof cacheMissReason>

/** Tokens that the parent had left in the prompt cache and that were not read from it. */
export const cacheMiss = z.object({
  /** The API's own first, then what the two requests tell, strongest first; never empty. */
  reasons: z.array(cacheMissReason),
  /** True where the API itself named the first reason. */
  saidByApi: z.boolean(),
  /** The first message that differs, for `messages-changed`. */
  messageIndex: z.number().int().nullable(),
  /** Start to start, against the lifetime that the parent had asked for. */
  pauseMs: z.number(),
  lifetimeMs: z.number(),
  missedTokens: z.number().int(),
  /** What they cost beyond reading them from the cache, in US dollars; null without a price. */
  lostUsd: z.number().nullable(),
})
export type CacheMiss = z.infer<typeof cacheMiss>

export const turn = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  /** Null for a request that carries nothing on. */
  diff: turnDiff.nullable(),
  /** Null where the cache was not missed, or where that cannot be known. */
  cacheMiss: cacheMiss.nullable(),
})
export type Turn = z.infer<typeof turn>
