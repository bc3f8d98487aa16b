import type { ContentBlock } from '../../contract/conversations'
import { countPdfPages } from './count-pdf-pages'
import { asText, isObject, isTextOrNone, type JsonObject } from './json-values'

/** An image by its data, URL or file id; null when its source is none of these. */
export function readImage(block: JsonObject): ContentBlock[] | null {
  const source = isObject(block.source) ? block.source : null
  if (!source || !isTextOrNone(source.media_type)) return null
  const mediaType = asText(source.media_type)
  const data = source.type === 'base64' ? asText(source.data) : null
  const reference = readReference(source)
  return data === null && reference === null ? null : [{ kind: 'image', mediaType, data, reference }]
}

/**
 * A document, a search result that the caller supplied or one that a web search found. Parts of a document that are not
 * text follow it as blocks of their own. Null when its source is of no known kind.
 */
export function readDocument(
  block: JsonObject,
  readBlocks: (content: unknown) => ContentBlock[],
): ContentBlock[] | null {
  if (![block.title, block.context].every(isTextOrNone)) return null
  const title = asText(block.title)
  const context = asText(block.context)
  const common = { kind: 'document' as const, title, ...(context !== null && { context }) }
  const fromContent = (content: unknown, reference: string | null, mediaType: string | null = null): ContentBlock[] => {
    const parts = readBlocks(content)
    const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
    const text = texts.length > 0 ? texts.join('\n') : null
    return [
      { ...common, mediaType, text, reference, byteLength: null },
      ...parts.filter((part) => part.kind !== 'text'),
    ]
  }
  if (block.type === 'web_search_result') {
    if (![block.url, block.page_age].every(isTextOrNone)) return null
    const pageAge = asText(block.page_age)
    const found = { ...common, mediaType: null, text: null, reference: asText(block.url), byteLength: null }
    return [{ ...found, ...(pageAge !== null && { pageAge }) }]
  }
  if (block.type === 'search_result') {
    return isTextOrNone(block.source) ? fromContent(block.content, asText(block.source)) : null
  }

  const source = isObject(block.source) ? block.source : null
  if (!source || !isTextOrNone(source.media_type)) return null
  const mediaType = asText(source.media_type)
  const data = asText(source.data)
  if (source.type === 'content') return fromContent(source.content, null, mediaType)
  if (!isTextOrNone(source.data)) return null
  if (source.type === 'text') return [{ ...common, mediaType, text: data, reference: null, byteLength: null }]
  if (source.type === 'base64') {
    const byteLength = data === null ? null : base64Length(data)
    const pages = data !== null && mediaType === 'application/pdf' ? countPdfPages(data) : undefined
    const file = { ...common, mediaType, text: null, reference: null, byteLength }
    return [{ ...file, ...(pages !== undefined && { pages }) }]
  }
  const reference = readReference(source)
  return reference === null ? null : [{ ...common, mediaType, text: null, reference, byteLength: null }]
}

function readReference(source: JsonObject): string | null {
  if (source.type === 'url') return asText(source.url)
  return source.type === 'file' ? asText(source.file_id) : null
}

/** Bytes that a base64 text stands for. */
function base64Length(data: string): number {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
  return Math.max(0, Math.floor((data.length * 3) / 4) - padding)
}
