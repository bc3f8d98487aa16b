import type { ContentBlock } from '../../contract/conversations'
import { readRequestBody } from '../bodies/read-request-body'
import { readResponseBody } from '../bodies/read-response-body'
import type { StoredBodies } from '../ports'

/** Everything that was said in a request and its answer, text by text; no pictures, no schemas of tools. */
export function bodyTexts({ request, response }: StoredBodies): string[] {
  const { system, messages } = readRequestBody(request)
  const { answer } = readResponseBody(response)
  const blocks = [...system, ...messages.flatMap((message) => message.blocks), ...(answer.message?.blocks ?? [])]
  return [...blocks.flatMap(blockTexts), ...(answer.error ? [answer.error.message] : [])]
}

function blockTexts(block: ContentBlock): string[] {
  switch (block.kind) {
    case 'text':
    case 'thinking':
      return [block.text]
    case 'tool-use':
      return [block.name, ...jsonTexts(block.input)]
    case 'tool-result':
      return [block.text]
    case 'document':
      return [block.title, block.text, block.context].filter((text) => typeof text === 'string')
    case 'image':
      return []
    case 'unknown':
      return jsonTexts(block.json)
  }
}

/** Longer texts that have no space are encoded bytes, not words. */
const longestSolid = 2000

/** All texts in a JSON value. */
function jsonTexts(json: unknown): string[] {
  const texts: string[] = []
  const open: unknown[] = [json]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') {
      if (value.length <= longestSolid || /\s/.test(value)) texts.push(value)
    } else if (Array.isArray(value)) open.push(...value.toReversed())
    else if (typeof value === 'object' && value !== null) open.push(...Object.values(value).toReversed())
  }
  return texts
}
