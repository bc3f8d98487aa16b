import { z } from 'zod'
import { requestId } from './scope'

/** One row of the source as a list shows it. Null means that the source has no such figure, never 0. */
export const requestRow = z.object({
  id: requestId,
  timestamp: z.string(),
  domain: z.string().nullable(),
  model: z.string().nullable(),
  requestType: z.string().nullable(),
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  cacheReadTokens: z.number().int().nullable(),
  cacheWriteTokens: z.number().int().nullable(),
  totalTokens: z.number().int(),
  /** US dollars; null when the price ledger has no row for it. */
  costUsd: z.number().nullable(),
  responseTimeMs: z.number().int().nullable(),
  stream: z.boolean().nullable(),
  /** True when the stored answer is an error or the status says so; null while that is not read yet. */
  error: z.boolean().nullable(),
  /** False while the row has no answer: running, or never answered. */
  answered: z.boolean(),
  stopReason: z.string().nullable(),
  /** The last words of the user, one line; null while not read yet, '' when there are none. */
  preview: z.string().nullable(),
  /** The conversation that it was joined to, and its turn there from 1; both missing while it is not joined. */
  conversationId: z.string().optional(),
  turn: z.number().int().optional(),
})
export type RequestRow = z.infer<typeof requestRow>

/** What a list is ordered by: newest, dearest, largest or slowest first, or the other way round. */
export const listSort = z.enum(['time', 'cost', 'tokens', 'duration'])
export type ListSort = z.infer<typeof listSort>
export const sortOrder = z.enum(['desc', 'asc'])
export type SortOrder = z.infer<typeof sortOrder>

export const requestList = z.object({
  asOf: z.string().nullable(),
  items: z.array(requestRow),
  nextCursor: z.string().nullable(),
  /** How many rows the whole query has. */
  total: z.number().int(),
  /**
   * For a query with words: how many of the window's requests have their whole text here, and so can be searched. None
   * while kept texts are encrypted: first lines alone are searched then.
   */
  searchable: z.object({ kept: z.number().int(), of: z.number().int(), isEncrypted: z.boolean() }).optional(),
})
export type RequestList = z.infer<typeof requestList>

const cacheWrite = z.object({ type: z.string(), ttl: z.string().optional() }).nullable()

/**
 * One block of the normal form. Known kinds carry what a reader needs; every other kind is `unknown` with its JSON, so
 * nothing is dropped. Text is as stored: data, never markup to trust.
 */
export const contentBlock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), citations: z.array(z.unknown()).optional() }),
  z.object({ kind: z.literal('thinking'), text: z.string(), redacted: z.boolean() }),
  z.object({
    kind: z.literal('tool-use'),
    id: z.string(),
    name: z.string(),
    input: z.unknown(),
    /** `client` runs at the caller, `server` at Anthropic, `mcp` at an MCP server. */
    origin: z.enum(['client', 'server', 'mcp']),
    serverName: z.string().optional(),
  }),
  z.object({
    kind: z.literal('tool-result'),
    toolUseId: z.string(),
    /** The wire's own kind, as `tool_result` or `web_search_tool_result`. */
    wireType: z.string(),
    isError: z.boolean(),
    /** What is not plain text, as blocks of this normal form: images, documents, references, further fields. */
    content: z.array(z.unknown()),
    /** All of the result's plain text. */
    text: z.string(),
  }),
  z.object({
    kind: z.literal('image'),
    mediaType: z.string().nullable(),
    /** Base64 data, or null when the source only names a URL or a file. */
    data: z.string().nullable(),
    reference: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('document'),
    title: z.string().nullable(),
    mediaType: z.string().nullable(),
    text: z.string().nullable(),
    reference: z.string().nullable(),
    byteLength: z.number().int().nullable(),
    /** Of a PDF, where its bytes tell. */
    pages: z.number().int().optional(),
    /** How old a found page is, as the search engine said it. */
    pageAge: z.string().optional(),
    /** What the caller told the model about the document. */
    context: z.string().optional(),
  }),
  z.object({ kind: z.literal('unknown'), wireType: z.string(), json: z.unknown() }),
])
export type ContentBlock = z.infer<typeof contentBlock>

export const message = z.object({
  role: z.string(),
  blocks: z.array(contentBlock),
  /** Tokens of this message: an estimate apportioned to the request's exact total, or the API's own figure. */
  tokens: z.number().int().nullable(),
  tokensEstimated: z.boolean(),
  cacheControl: cacheWrite.optional(),
})
export type Message = z.infer<typeof message>

export const toolDefinition = z.object({
  name: z.string(),
  description: z.string().nullable(),
  schema: z.unknown(),
})
export type ToolDefinition = z.infer<typeof toolDefinition>

/** How the answer was stored, so that a reader can be told what was lost on the way. */
export const storedShape = z.enum([
  'message',
  'flattened-stream',
  'text-only',
  'error-text',
  'api-error',
  'event-list',
  'event-text',
  'chunks',
  'json-text',
  'missing',
  'unrecognised',
])

export const answer = z.object({
  shape: storedShape,
  /** What a reader should know about this answer ("cut here", "thinking was not stored"), whole sentences. */
  notes: z.array(z.string()),
  message: message.nullable(),
  stopReason: z.string().nullable(),
  refusal: z.object({ category: z.string().nullable(), explanation: z.string().nullable() }).nullable(),
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
})
export type Answer = z.infer<typeof answer>

/**
 * One line of a price: tokens (or searches) times the list rate, in US dollars per million (per thousand for searches),
 * or what is added to or taken from those lines as a whole.
 */
export const costPart = z.object({
  kind: z.enum([
    'input',
    'output',
    'cache-read',
    'cache-write-5m',
    'cache-write-1h',
    // What the parts above cost more or less by the length of the prompt, speed, tier and place.
    'long-prompt',
    'fast',
    'batch',
    'premium',
    'web-search',
    'discount',
  ]),
  model: z.string().nullable(),
  quantity: z.number().int(),
  rateUsd: z.number(),
  /** Below zero for what makes it cheaper. */
  costUsd: z.number(),
})
export type CostPart = z.infer<typeof costPart>

export const costBreakdown = z.object({
  totalUsd: z.number().nullable(),
  parts: z.array(costPart),
  /** What the figure rests on: the ledger's row, band, tier, estimate or lower bound; whole sentences. */
  notes: z.array(z.string()),
})
export type CostBreakdown = z.infer<typeof costBreakdown>

export const requestDetail = z.object({
  request: requestRow,
  cost: costBreakdown,
  system: z.array(contentBlock),
  tools: z.array(toolDefinition),
  /** `max_tokens`, `temperature`, `thinking` and every other top field that is not shown elsewhere. */
  parameters: z.record(z.string(), z.unknown()),
  messages: z.array(message),
  /** Where earlier messages were left out: the index of the first that is here, and how many there are. */
  page: z.object({ from: z.number().int(), total: z.number().int() }).optional(),
  /** Shares of the prompt's exact total, estimated as those of the messages are; null where no total is known. */
  systemTokens: z.number().int().nullable().optional(),
  toolsTokens: z.number().int().nullable().optional(),
  /** What a reader should know about the stored request, whole sentences. */
  notes: z.array(z.string()).optional(),
  /** How much of the output was thinking; missing where there was none, or nobody can tell. */
  thinking: z.object({ tokens: z.number().int(), isEstimate: z.boolean() }).optional(),
  response: answer,
  /** Characters of the stored JSON texts. */
  rawSize: z.object({ request: z.number().int(), response: z.number().int() }),
  /** `database` just now, or `replica` from an earlier reading, with its moment. */
  readFrom: z.enum(['database', 'replica']),
  readAt: z.string(),
})
export type RequestDetail = z.infer<typeof requestDetail>

/** A stretch of a request's messages that ends where it was asked to. */
export const messagePage = z.object({
  /** Index of the first. */
  from: z.number().int(),
  total: z.number().int(),
  messages: z.array(message),
})
export type MessagePage = z.infer<typeof messagePage>

/** The REST form adds the stored JSON as it is. */
export const requestDetailWithRaw = requestDetail.extend({
  raw: z.object({ request: z.unknown(), response: z.unknown() }),
})
export type RequestDetailWithRaw = z.infer<typeof requestDetailWithRaw>

/** The stored JSON texts, for the raw view. */
export const rawBodies = z.object({ request: z.string().nullable(), response: z.string().nullable() })
export type RawBodies = z.infer<typeof rawBodies>
