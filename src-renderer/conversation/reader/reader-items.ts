import type {
  Answer,
  ContentBlock,
  Message,
  RequestDetail,
  ToolDefinition,
} from '../../../src-main/contract/conversations'
import type { PlainBlock } from '../blocks/plain-block'

export type ToolUse = Extract<ContentBlock, { kind: 'tool-use' }>
export type ToolResult = Extract<ContentBlock, { kind: 'tool-result' }>

/** A block of a message, a tool call with what came back, or what came back from a call that is not here. */
export type MessagePart =
  | { kind: 'block'; block: PlainBlock }
  | { kind: 'result'; result: ToolResult }
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
  | { kind: 'message'; key: string; position: number; read: ReadMessage }
  | { kind: 'answer'; key: string; answer: Answer; read: ReadMessage | null }

/** The pieces of a request and its answer. Nothing of the detail is left out. */
export function readerItems(detail: RequestDetail): ReaderItem[] {
  const items: ReaderItem[] = []
  const { notes, system, systemTokens, tools, toolsTokens, parameters } = detail
  if (notes?.length) items.push({ kind: 'notes', key: 'notes', notes })
  if (system.length > 0) items.push({ kind: 'system', key: 'system', blocks: system, tokens: systemTokens ?? null })
  if (tools.length > 0) items.push({ kind: 'tools', key: 'tools', tools, tokens: toolsTokens ?? null })
  if (Object.keys(parameters).length > 0) items.push({ kind: 'parameters', key: 'parameters', parameters })
  const calls = new Map<string, Extract<MessagePart, { kind: 'tool' }>>()
  for (const [position, message] of detail.messages.entries()) {
    items.push({ kind: 'message', key: `message-${position}`, position, read: readMessage(message, calls) })
  }
  const { message } = detail.response
  items.push({ kind: 'answer', key: 'answer', answer: detail.response, read: message && readMessage(message, calls) })
  return items
}

/** Takes the message apart; `calls` are the tool calls so far, by id, and get their results here. */
function readMessage(message: Message, calls: Map<string, Extract<MessagePart, { kind: 'tool' }>>): ReadMessage {
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
    } else parts.push({ kind: 'result', result: block })
  }
  return { message, parts, resultsElsewhere }
}
