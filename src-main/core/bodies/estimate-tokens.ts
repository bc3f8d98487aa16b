import type { ContentBlock, ToolDefinition } from '../../contract/conversations'
import { isObject } from './json-values'

/*
 * Rough token counts, good for shares of a known total and for nothing else. Text: a token is about four bytes of
 * UTF-8 in each of the scripts that people write. Images: width times height over 750, as the API's vision guide says.
 */

const bytesPerToken = 4
/** An image whose size is not known; the API shrinks larger ones to about 1,600. */
const usualImageTokens = 1300
const mostImageTokens = 1600
/** A PDF page costs about 2,000 tokens, and takes about 40 kB. */
const pdfBytesPerToken = 20
const leastDocumentTokens = 200
const redactedTokens = 100

/** Tokens of blocks, about. */
export function estimateBlocks(blocks: readonly unknown[]): number {
  return blocks.reduce<number>((sum, block) => sum + estimateBlock(block as ContentBlock), 0)
}

/** Tokens that a tool's definition takes in the prompt, about. */
export function estimateTool({ name, description, schema }: ToolDefinition): number {
  return estimateText(name) + estimateText(description ?? '') + estimateJson(schema)
}

function estimateBlock(block: ContentBlock): number {
  switch (block.kind) {
    case 'text':
      return estimateText(block.text)
    case 'thinking':
      return block.redacted ? redactedTokens : estimateText(block.text)
    case 'tool-use':
      return estimateText(block.name) + estimateJson(block.input)
    case 'tool-result':
      return estimateText(block.text) + estimateBlocks(block.content)
    case 'image':
      return estimateImage(block.data)
    case 'document':
      return block.text === null
        ? Math.max(leastDocumentTokens, (block.byteLength ?? 0) / pdfBytesPerToken)
        : estimateText(block.text)
    case 'unknown':
      return estimateJson(block.json)
  }
}

function estimateText(text: string): number {
  return utf8Length(text) / bytesPerToken
}

function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}

/** Without writing the JSON out: it may be megabytes, or nested too deep for that. */
function estimateJson(json: unknown): number {
  let bytes = 0
  const open: unknown[] = [json]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') bytes += utf8Length(value) + 2
    else if (Array.isArray(value)) for (const item of value) open.push(item)
    else if (isObject(value)) for (const key of Object.keys(value)) open.push(key, value[key])
    else bytes += 4
  }
  return bytes / bytesPerToken
}

/** The head of a PNG names its size; other formats hide it deeper than is worth reading here. */
function estimateImage(data: string | null): number {
  if (data === null || !data.startsWith('iVBORw0KGgo')) return usualImageTokens
  const head = base64Bytes(data.slice(0, 32))
  const width = readUint32(head, 16)
  const height = readUint32(head, 20)
  return width > 0 && height > 0 ? Math.min(mostImageTokens, (width * height) / 750) : usualImageTokens
}

function readUint32(bytes: number[], at: number): number {
  return bytes.slice(at, at + 4).reduce((value, byte) => value * 256 + byte, 0)
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64Bytes(text: string): number[] {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of text) {
    held = ((held << 6) | Math.max(0, base64Alphabet.indexOf(character))) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 0xff)
    }
  }
  return bytes
}
