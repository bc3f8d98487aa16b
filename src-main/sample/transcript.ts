import { answerTimeMs, PromptCache, type Caching } from './answer-usage'
import type { ApiFailure } from './api-failures'
import { estimateTokens, textOf, type ApiMessage, type ApiUsage, type Block } from './blocks'
import { storeAnswer } from './body-shapes'
import type { Conversation } from './conversation'
import type { LargeText, SampleRequest, ThreadKind, ThreadPlace } from './sample-request'

export interface TranscriptOptions {
  system?: string | Block[]
  /** JSON text of the tools array. */
  tools?: string
  /** Everything else beside `model`, `stream` and `messages`. */
  parameters?: Record<string, unknown>
  stream?: boolean
  caching?: Caching
  /** Tokens of the parts of the prompt that the sample does not spell out, as a client's long instructions. */
  unspokenTokens?: number
  requestType?: string | null
  /** What the first request is, where it does not start a conversation. */
  begins?: { kind: ThreadKind; parentId: string }
}

export interface AnswerOptions {
  stopReason?: string | null
  stopDetails?: ApiMessage['stop_details']
  usage?: Partial<ApiUsage>
  message?: Partial<ApiMessage>
  /** Tokens beyond what the answer spells out, as for thinking that was left out. */
  hiddenOutputTokens?: number
  largeText?: LargeText
}

interface Line {
  json: string
  /** As it stands while it is the last message: with its cache mark, and with reminders that are not kept. */
  lastJson: string
  tokens: number
  /** For an answer: the stored request that it belongs to. */
  requestId: string | null
}

/** One growing list of messages, as a client sends it again and again; makes the stored row of each request. */
export class Transcript {
  readonly #lines: Line[] = []
  readonly #parents = new Set<string>()
  readonly #cache: PromptCache
  readonly #head: string
  readonly #fixedTokens: number
  readonly #stream: boolean
  readonly #model: string
  #repeats: string | null = null
  #lastRequestId: string | null = null

  constructor(
    readonly conversation: Conversation,
    readonly options: TranscriptOptions,
  ) {
    const { system, tools, parameters = {}, caching = 'none', unspokenTokens = 0 } = options
    this.#stream = options.stream ?? conversation.random.chance(conversation.domain.streamShare)
    this.#model = conversation.model.id
    const head = JSON.stringify({
      model: this.#model,
      max_tokens: 8192,
      ...parameters,
      ...(this.#stream && { stream: true }),
      ...(system !== undefined && { system }),
    })
    this.#head = `${head.slice(0, -1)}${tools === undefined ? '' : `,"tools":${tools}`},"messages":[`
    this.#fixedTokens = estimateTokens(this.#head) + unspokenTokens
    this.#cache = new PromptCache(caching, this.#fixedTokens, conversation.random)
  }

  /** The id of the newest stored request. Throws before there is one. */
  get lastRequestId(): string {
    if (this.#lastRequestId === null) throw new Error('No request was made yet.')
    return this.#lastRequestId
  }

  /** Adds a message of the user, or of `role`. `reminders` stand behind it only while it is the last one. */
  say(content: string | Block[], { role = 'user', reminders = [] as Block[] } = {}): void {
    const json = JSON.stringify({ role, content })
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
    const isPlain = this.#cache.caching === 'none' && reminders.length === 0
    const lastJson = isPlain ? json : JSON.stringify({ role, content: this.#marked([...blocks, ...reminders]) })
    this.#lines.push({ json, lastJson, tokens: estimateTokens(json), requestId: null })
    this.#repeats = null
  }

  /** The user goes back: the last `count` messages are taken away. */
  rewind(count: number): void {
    this.#lines.splice(-count)
    this.#repeats = null
  }

  get length(): number {
    return this.#lines.length
  }

  /** The request is answered; the answer becomes the next message. */
  answer(content: Block[], options: AnswerOptions = {}): SampleRequest {
    const { random, model, domain, clock } = this.conversation
    const id = random.uuid()
    const thread = this.#place()
    const timestampMs = clock.nowMs
    const contentJson = JSON.stringify(content)
    const outputTokens = estimateTokens(contentJson) + (options.hiddenOutputTokens ?? 0)
    const usage = { ...this.#cache.use(this.#promptTokens(), outputTokens, timestampMs), ...options.usage }
    const message: ApiMessage = {
      id: random.apiId('msg'),
      type: 'message',
      role: 'assistant',
      model: this.#model,
      content,
      stop_reason: options.stopReason === undefined ? 'end_turn' : options.stopReason,
      stop_sequence: null,
      ...(options.stopDetails && { stop_details: options.stopDetails }),
      ...options.message,
      usage,
    }
    const storedAs = this.#stream ? random.weighted(domain.storesStreamsAs) : 'message'
    const end = random.weighted([
      ['whole', 97],
      ['cut', 2],
      ['error', 1],
    ] as const)
    const stored = storeAnswer(message, storedAs, random, end)
    const responseTimeMs = answerTimeMs(model, usage, random)
    const row = this.#row(id, timestampMs, thread, options.largeText)
    clock.nowMs += responseTimeMs
    this.#push(content, contentJson, id)
    const knowsTokens = !(storedAs === 'text-only' && random.chance(0.3))
    return {
      ...row,
      responseBody: stored.body,
      streamChunks: stored.streamChunks,
      inputTokens: knowsTokens ? usage.input_tokens : null,
      outputTokens: knowsTokens ? usage.output_tokens : null,
      responseTimeMs,
    }
  }

  /** The request is answered, but its row was lost on the way to the database. */
  lose(content: Block[]): void {
    this.conversation.clock.nowMs += 4000
    const maker = this.#lines.findLast((line) => line.requestId !== null)?.requestId ?? null
    this.#push(content, JSON.stringify(content), maker)
  }

  /** The request fails. The list stays as it was, so that it can be tried again. */
  fail(failure: ApiFailure, largeText?: LargeText): SampleRequest {
    const { random, clock } = this.conversation
    const id = random.uuid()
    const thread = this.#place()
    const timestampMs = clock.nowMs
    clock.nowMs += failure.waitMs
    this.#repeats = id
    const tokens = random.chance(0.5) ? 0 : null
    return {
      ...this.#row(id, timestampMs, thread, largeText),
      responseBody: JSON.stringify(failure.body),
      inputTokens: tokens,
      outputTokens: tokens,
      responseTimeMs: failure.waitMs,
    }
  }

  /** The request never gets an answer. */
  hang(): SampleRequest {
    const id = this.conversation.random.uuid()
    const thread = this.#place()
    this.#repeats = id
    return this.#row(id, this.conversation.clock.nowMs, thread)
  }

  #row(id: string, timestampMs: number, thread: ThreadPlace, largeText: LargeText | null = null): SampleRequest {
    this.#lastRequestId = id
    const { domain } = this.conversation
    const last = this.#lines.length - 1
    const messages = this.#lines.map((line, index) => (index === last ? line.lastJson : line.json)).join(',')
    return {
      id,
      timestampMs,
      domain: domain.name,
      model: this.#model,
      inputTokens: null,
      outputTokens: null,
      requestBody: `${this.#head}${messages}]}`,
      responseBody: null,
      responseTimeMs: null,
      stream: this.#stream,
      requestType: this.options.requestType === undefined ? 'inference' : this.options.requestType,
      streamChunks: [],
      largeText,
      thread,
    }
  }

  #place(): ThreadPlace {
    const conversationId = this.conversation.id
    if (this.#repeats !== null) return { conversationId, parentId: this.#repeats, kind: 'retry' }
    const parentId = this.#lines.findLast((line) => line.requestId !== null)?.requestId
    if (!parentId) return { conversationId, parentId: null, kind: 'start', ...this.options.begins }
    const kind = this.#parents.has(parentId) ? 'branch' : 'turn'
    this.#parents.add(parentId)
    return { conversationId, parentId, kind }
  }

  #push(content: Block[], contentJson: string, requestId: string | null): void {
    const isPlain = content.length === 1 && content[0]!.type === 'text' && this.#cache.caching === 'none'
    const json = `{"role":"assistant","content":${isPlain ? JSON.stringify(textOf(content)) : contentJson}}`
    this.#lines.push({ json, lastJson: json, tokens: estimateTokens(json), requestId })
    this.#repeats = null
  }

  #promptTokens(): number {
    return this.#lines.reduce((sum, line) => sum + line.tokens, this.#fixedTokens)
  }

  #marked(blocks: Block[]): Block[] {
    if (this.#cache.caching === 'none') return blocks
    return blocks.map((block, index) =>
      index === blocks.length - 1 ? { ...block, cache_control: { type: 'ephemeral' } } : block,
    )
  }
}
