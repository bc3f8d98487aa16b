import type { ContentBlock, Message, ToolDefinition } from '../../contract/conversations'
import { asText, isObject, isTextOrNone, parseJson, without, type JsonObject } from './json-values'
import { parseStoredText } from './parse-stored-text'
import { readBlocks, readCacheControl, readExtraFields, unknownBlock } from './read-blocks'

/*
 * A request body as a proxy stored it. Nothing of it is trusted: it may be cut, encoded twice, of another API or no
 * JSON at all. Reading it never throws and drops nothing; what is not understood stands as a block with its JSON.
 */

/** A request of the Messages API in normal form. Messages bear no token counts yet. */
export interface NormalRequest {
  system: ContentBlock[]
  tools: ToolDefinition[]
  /** Every top field that is not shown elsewhere. */
  parameters: JsonObject
  messages: Message[]
  model: string | null
  /** The session that Claude Code names in `metadata.user_id`. */
  sessionId: string | null
  /** What a reader should know, whole sentences. */
  notes: string[]
}

/** The request in normal form; null reads as an empty one. */
export function readRequestBody(text: string | null): NormalRequest {
  const stored = text === null ? null : parseStoredText(text)
  if (stored === null || stored.value === null) return { ...emptyRequest(), notes: ['No request body is stored.'] }
  const notes = stored.isDoubleEncoded ? ['The request was stored as JSON inside a JSON string.'] : []
  if (!isObject(stored.value)) {
    const note = stored.isJson ? 'The stored request is no object.' : 'The stored request is no JSON.'
    return {
      ...emptyRequest(),
      messages: [toMessage('unknown', [unknownBlock(stored.value)])],
      notes: [...notes, note],
    }
  }
  const body = stored.value
  return {
    system: readBlocks(body.system),
    tools: readTools(body.tools),
    parameters: without(body, [...textKeys(body, ['model']), 'messages', 'system', 'tools']) ?? {},
    messages: readMessages(body.messages),
    model: asText(body.model),
    sessionId: readSessionId(body.metadata),
    notes,
  }
}

function emptyRequest(): NormalRequest {
  return { system: [], tools: [], parameters: {}, messages: [], model: null, sessionId: null, notes: [] }
}

function readMessages(messages: unknown): Message[] {
  if (messages === undefined || messages === null) return []
  if (!Array.isArray(messages)) return [toMessage('unknown', [unknownBlock(messages)])]
  return messages.map(readMessage)
}

function readMessage(message: unknown): Message {
  if (!isObject(message)) return toMessage('unknown', [unknownBlock(message)])
  const blocks = [
    ...readBlocks(message.content),
    ...readExtraFields(message, [...textKeys(message, ['role']), 'content']),
  ]
  const cacheControl = readCacheControl(message.content)
  return { ...toMessage(asText(message.role) ?? 'unknown', blocks), ...(cacheControl && { cacheControl }) }
}

/** A message whose tokens are not known yet. */
export function toMessage(role: string, blocks: ContentBlock[]): Message {
  return { role, blocks, tokens: null, tokensEstimated: false }
}

function readTools(tools: unknown): ToolDefinition[] {
  if (tools === undefined || tools === null) return []
  return (Array.isArray(tools) ? tools : [tools]).map(readTool)
}

/** A tool's schema; for a tool without one (a server tool) or with more to it, all its other fields. */
function readTool(tool: unknown): ToolDefinition {
  if (!isObject(tool)) return { name: '', description: null, schema: tool }
  const shown = textKeys(tool, ['name', 'description'])
  const others = without(tool, [...shown, 'input_schema', 'cache_control'])
  const hasMore = others !== null && without(others, tool.type === 'custom' ? ['type'] : []) !== null
  return {
    name: asText(tool.name) ?? '',
    description: asText(tool.description),
    schema: tool.input_schema !== undefined && !hasMore ? tool.input_schema : without(tool, shown),
  }
}

/** Those of the keys that a reader of a text loses nothing of. */
function textKeys(object: JsonObject, keys: string[]): string[] {
  return keys.filter((key) => isTextOrNone(object[key]))
}

/** Claude Code has written the session as `user_…_account_…_session_<id>` and, later, as JSON text. */
function readSessionId(metadata: unknown): string | null {
  const userId = isObject(metadata) ? asText(metadata.user_id) : null
  if (userId === null) return null
  const parsed = userId.startsWith('{') ? parseJson(userId) : null
  if (parsed?.ok && isObject(parsed.value)) return asText(parsed.value.session_id)
  return /_session_([\w-]{8,64})$/.exec(userId)?.[1] ?? null
}
