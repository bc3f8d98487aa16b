import type { ContentBlock } from '../../contract/conversations'
import { asText, isObject, without, type JsonObject } from './json-values'
import { readDocument, readImage } from './read-media'
import { isToolResult, readToolResult } from './read-tool-result'

/** Blocks stand in blocks three deep at most; what a made-up body nests deeper is shown as its JSON. */
const deepestBlock = 10

/** Blocks of the Messages API, requests and answers alike, in normal form. A string is one text. Nothing is dropped. */
export function readBlocks(content: unknown, depth = 0): ContentBlock[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (depth > deepestBlock) return [unknownBlock(content)]
  return Array.isArray(content) ? content.flatMap((block) => readBlock(block, depth)) : readBlock(content, depth)
}

/** One stored block; several where a block carries others, as a document made of texts and images. */
function readBlock(block: unknown, depth: number): ContentBlock[] {
  const readInner = (content: unknown): ContentBlock[] => readBlocks(content, depth + 1)
  if (typeof block === 'string') return [{ kind: 'text', text: block }]
  if (!isObject(block)) return [unknownBlock(block)]
  const type = asText(block.type)
  switch (type) {
    case 'text':
      return [readText(block) ?? unknownBlock(block)]
    case 'thinking':
      return typeof block.thinking === 'string'
        ? [{ kind: 'thinking', text: block.thinking, redacted: false }]
        : [unknownBlock(block)]
    case 'redacted_thinking':
      return [{ kind: 'thinking', text: '', redacted: true }]
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return [readToolUse(block, type)]
    case 'image':
      return [readImage(block) ?? unknownBlock(block)]
    case 'document':
    case 'search_result':
    case 'web_search_result':
      return readDocument(block, readInner) ?? [unknownBlock(block)]
    default:
      return [isToolResult(type) ? readToolResult(block, type, readInner) : unknownBlock(block)]
  }
}

/** A block of a kind that has no normal form, with all of its JSON. */
export function unknownBlock(value: unknown): ContentBlock {
  const type = isObject(value) ? asText(value.type) : null
  return { kind: 'unknown', wireType: type ?? (isObject(value) ? 'untyped' : describeJson(value)), json: value }
}

function describeJson(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function readText(block: JsonObject): ContentBlock | null {
  if (typeof block.text !== 'string') return null
  const { citations } = block
  return Array.isArray(citations) && citations.length > 0
    ? { kind: 'text', text: block.text, citations }
    : { kind: 'text', text: block.text }
}

const origins = { tool_use: 'client', server_tool_use: 'server', mcp_tool_use: 'mcp' } as const

function readToolUse(block: JsonObject, type: keyof typeof origins): ContentBlock {
  const serverName = asText(block.server_name)
  return {
    kind: 'tool-use',
    id: asText(block.id) ?? '',
    name: asText(block.name) ?? '',
    input: block.input ?? null,
    origin: origins[type],
    ...(serverName !== null && { serverName }),
  }
}

/** The last cache marker among stored blocks, if any. */
export function readCacheControl(content: unknown): { type: string; ttl?: string } | null {
  if (!Array.isArray(content)) return null
  const marked = content.findLast((block) => isObject(block) && isObject(block.cache_control))
  const control = isObject(marked) && isObject(marked.cache_control) ? marked.cache_control : null
  if (control === null) return null
  const ttl = asText(control.ttl)
  return { type: asText(control.type) ?? 'ephemeral', ...(ttl !== null && { ttl }) }
}

/** Fields of a message beside role and content, which the API does not know: shown as they are. */
export function readExtraFields(message: JsonObject, known: string[]): ContentBlock[] {
  const rest = without(message, known)
  return rest === null ? [] : [{ kind: 'unknown', wireType: 'other fields', json: rest }]
}
