import type { ContentBlock } from '../../contract/conversations'
import { asText, isObject, isTextOrNone, without, type JsonObject } from './json-values'

/** `tool_result` and every `*_tool_result` of a server tool. */
export function isToolResult(type: string): boolean {
  return /(^|_)tool_result$/.test(type)
}

/**
 * The result of a tool. `text` is all of its plain text; `content` holds, in normal form, what is not plain text
 * (images, documents, references, further fields), so that no text is there twice. Null when it names its call by no text.
 */
export function readToolResult(
  block: JsonObject,
  wireType: string,
  readBlocks: (content: unknown) => ContentBlock[],
): ContentBlock[] | null {
  const { content } = block
  if (!isTextOrNone(block.tool_use_id)) return null
  const read = isObject(content) ? readResultObject(content, readBlocks) : { parts: readBlocks(content), failed: false }
  const texts = read.parts.flatMap((part) => (part.kind === 'text' && !part.citations ? [part.text] : []))
  return [
    {
      kind: 'tool-result',
      toolUseId: asText(block.tool_use_id) ?? '',
      wireType,
      isError: block.is_error === true || read.failed,
      content: read.parts.filter((part) => part.kind !== 'text' || part.citations !== undefined),
      text: texts.join('\n'),
    },
  ]
}

/** Fields of a server tool's result object that hold plain text, in reading order. */
const textFields = ['text', 'stdout', 'stderr', 'error_code', 'error_message']

/** A server tool answers with one object: what it printed, a page, found tools, or `{ type: '…_error', error_code }`. */
function readResultObject(
  object: JsonObject,
  readBlocks: (content: unknown) => ContentBlock[],
): { parts: ContentBlock[]; failed: boolean } {
  const type = asText(object.type)
  if (type === 'text' || type === 'image' || type === 'document') return { parts: readBlocks([object]), failed: false }
  const shown = textFields.filter((field) => typeof object[field] === 'string')
  const texts = shown.flatMap((field) => (object[field] === '' ? [] : [object[field] as string]))
  const nested = readBlocks(object.content)
  const rest = without(object, ['type', 'content', ...shown])
  const parts: ContentBlock[] = [...texts.map((text) => ({ kind: 'text' as const, text })), ...nested]
  if (rest) parts.push({ kind: 'unknown', wireType: type ?? 'untyped', json: rest })
  return { parts, failed: type !== null && type.endsWith('_error') }
}
