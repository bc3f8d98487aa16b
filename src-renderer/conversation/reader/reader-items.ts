import type {
  Answer,
  ContentBlock,
  Message,
  MessagePage,
  RequestDetail,
  ToolDefinition,
} from '../../../src-main/contract/conversations'
import type { ThreadedRequest } from '../../../src-main/contract/threads'
import type { PlainBlock } from '../blocks/plain-block'
import { firstToShow } from './read-before'

export type ToolUse = Extract<ContentBlock, { kind: 'tool-use' }>
export type ToolResult = Extract<ContentBlock, { kind: 'tool-result' }>

/** A block of a message, a tool call with what came back, or what came back from a call that is not here. */
export type MessagePart =
  | { kind: 'block'; block: PlainBlock }
  | { kind: 'result'; result: ToolResult; isCallEarlier: boolean }
  | { kind: 'tool'; use: ToolUse; result: ToolResult | null }

/** A message as it is read: results stand with their calls, which may be in a message before. */
export interface ReadMessage {
  message: Message
  parts: MessagePart[]
  /** How many results of this message are shown with their calls instead. */
  resultsElsewhere: number
}

/** One piece of the conversation view, in the order that the model saw it. */
export type ReaderItem =
  | { kind: 'notes'; key: string; notes: string[] }
  | { kind: 'system'; key: string; blocks: ContentBlock[]; tokens: number | null }
  | { kind: 'tools'; key: string; tools: ToolDefinition[]; tokens: number | null }
  | { kind: 'parameters'; key: string; parameters: Record<string, unknown> }
  | { kind: 'read-before'; key: string; count: number; tokens: number | null }
  | { kind: 'earlier'; key: string; count: number }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; position: number; read: ReadMessage }
  | { kind: 'tries'; key: string; tries: ThreadedRequest[] }
  | { kind: 'answer'; key: string; answer: Answer; read: ReadMessage | null }

/** How many messages were read at the request before, and whether they are folded into one line. */
export interface Reading {
  readBefore: number
  isFolded: boolean
}

/**
 * The pieces of a request and its answer. Nothing of the detail is left out but what is folded. The `tries` of a request
 * that was sent more than once are a piece of their own: they may come while the answer below them is read.
 */
export function readerItems(
  detail: RequestDetail,
  reading: Reading = { readBefore: 0, isFolded: false },
  tries: ThreadedRequest[] = [],
): ReaderItem[] {
  const items: ReaderItem[] = []
  const { notes, system, systemTokens, tools, toolsTokens, parameters } = detail
  if (notes?.length) items.push({ kind: 'notes', key: 'notes', notes })
  if (system.length > 0) items.push({ kind: 'system', key: 'system', blocks: system, tokens: systemTokens ?? null })
  if (tools.length > 0) items.push({ kind: 'tools', key: 'tools', tools, tokens: toolsTokens ?? null })
  if (Object.keys(parameters).length > 0) items.push({ kind: 'parameters', key: 'parameters', parameters })
  const messages = messageItems(detail, reading)
  if (tries.length > 1) messages.splice(-1, 0, { kind: 'tries', key: 'tries', tries })
  items.push(...messages)
  return items
}

function messageItems(detail: RequestDetail, { readBefore, isFolded }: Reading): ReaderItem[] {
  const { messages, page } = detail
  const from = page?.from ?? 0
  const isNewHere = readBefore > 0 && readBefore < from + messages.length
  const foldable = firstToShow(detail, readBefore)
  const start = isFolded ? foldable : 0
  const items: ReaderItem[] = []
  if (foldable > 0) {
    const tokens = from > 0 ? null : sumTokens(messages.slice(0, foldable))
    items.push({ kind: 'read-before', key: 'read-before', count: foldable, tokens })
  }
  if (from > start) items.push({ kind: 'earlier', key: 'earlier', count: from - start })
  const calls: Calls = new Map()
  for (const [index, message] of messages.entries()) {
    const position = from + index
    const read = readMessage(message, calls, from > 0)
    if (isNewHere && position === readBefore) items.push({ kind: 'new', key: 'new' })
    if (position >= start) items.push({ kind: 'message', key: `message-${position}`, position, read })
  }
  const { message } = detail.response
  const read = message && readMessage(message, calls, from > 0)
  items.push({ kind: 'answer', key: 'answer', answer: detail.response, read })
  return items
}

/** The messages of a page by their position, each as it is read. */
export function readMessages({ from, messages }: Pick<MessagePage, 'from' | 'messages'>): Map<number, ReadMessage> {
  const calls: Calls = new Map()
  return new Map(messages.map((message, index) => [from + index, readMessage(message, calls, from > 0)]))
}

function sumTokens(messages: Message[]): number | null {
  return messages.some(({ tokens }) => tokens === null)
    ? null
    : messages.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0)
}

type Calls = Map<string, Extract<MessagePart, { kind: 'tool' }>>

/** Takes the message apart; `calls` are the tool calls so far, by id, and get their results here. */
function readMessage(message: Message, calls: Calls, hasEarlier: boolean): ReadMessage {
  const parts: MessagePart[] = []
  let resultsElsewhere = 0
  for (const block of message.blocks) {
    if (block.kind === 'tool-use') {
      const part = { kind: 'tool' as const, use: block, result: null }
      calls.set(block.id, part)
      parts.push(part)
      continue
    }
    if (block.kind !== 'tool-result') {
      parts.push({ kind: 'block', block })
      continue
    }
    const call = calls.get(block.toolUseId)
    if (call && call.result === null) {
      call.result = block
      if (!parts.includes(call)) resultsElsewhere++
    } else parts.push({ kind: 'result', result: block, isCallEarlier: call === undefined && hasEarlier })
  }
  return { message, parts, resultsElsewhere }
}
