import type { ContentBlock } from '../../contract/conversations'
import { asText, isObject, isTextOrNone, without, type JsonObject } from './json-values'
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

/** What the API defines of each kind; opaque signatures and ciphers say nothing to a reader. */
const knownFields: Record<string, string[]> = {
  text: ['text', 'citations'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
  tool_use: ['id', 'name', 'input', 'caller', 'toolset_name'],
  server_tool_use: ['id', 'name', 'input', 'caller'],
  mcp_tool_use: ['id', 'name', 'input', 'server_name'],
  image: ['source'],
  document: ['source', 'title', 'context', 'citations'],
  search_result: ['source', 'title', 'content', 'citations'],
  web_search_result: ['url', 'title', 'page_age', 'encrypted_content'],
}
const toolResultFields = ['tool_use_id', 'content', 'caller']

/** One stored block; several where a block carries others, or fields that its kind does not have. */
function readBlock(block: unknown, depth: number): ContentBlock[] {
  if (typeof block === 'string') return [{ kind: 'text', text: block }]
  const type = isObject(block) ? asText(block.type) : null
  if (!isObject(block) || type === null) return [unknownBlock(block)]
  const read = readKnown(block, type, (content) => readBlocks(content, depth + 1))
  if (read === null) return [unknownBlock(block)]
  const hasPlainError = typeof (block.is_error ?? false) === 'boolean'
  const known = knownFields[type] ?? (hasPlainError ? [...toolResultFields, 'is_error'] : toolResultFields)
  return [...read, ...readExtraFields(block, ['type', 'cache_control', ...known])]
}

/** The normal form of a known kind; null for another, or where it lacks what makes it that kind. */
function readKnown(
  block: JsonObject,
  type: string,
  readInner: (content: unknown) => ContentBlock[],
): ContentBlock[] | null {
  switch (type) {
    case 'text':
      return readText(block)
    case 'thinking':
      return typeof block.thinking === 'string' ? [{ kind: 'thinking', text: block.thinking, redacted: false }] : null
    case 'redacted_thinking':
      return [{ kind: 'thinking', text: '', redacted: true }]
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return readToolUse(block, type)
    case 'image':
      return readImage(block)
    case 'document':
    case 'search_result':
    case 'web_search_result':
      return readDocument(block, readInner)
    default:
      return isToolResult(type) ? readToolResult(block, type, readInner) : null
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

function readText(block: JsonObject): ContentBlock[] | null {
  if (typeof block.text !== 'string') return null
  const { citations } = block
  const cited = Array.isArray(citations) ? citations : [citations ?? []].flat()
  return [{ kind: 'text', text: block.text, ...(cited.length > 0 && { citations: cited }) }]
}

const origins = { tool_use: 'client', server_tool_use: 'server', mcp_tool_use: 'mcp' } as const

function readToolUse(block: JsonObject, type: keyof typeof origins): ContentBlock[] | null {
  const { id, name, server_name } = block
  if (![id, name, server_name].every(isTextOrNone)) return null
  const serverName = asText(server_name)
  return [
    {
      kind: 'tool-use',
      id: asText(id) ?? '',
      name: asText(name) ?? '',
      input: block.input ?? null,
      origin: origins[type],
      ...(serverName !== null && { serverName }),
    },
  ]
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

/** Fields that the API does not define, or not yet: shown as they are. */
export function readExtraFields(object: JsonObject, known: string[]): ContentBlock[] {
  const rest = without(object, known)
  return rest === null ? [] : [{ kind: 'unknown', wireType: 'other fields', json: rest }]
}
