import { asText, isObject, parseJson, type JsonObject } from './json-values'

/** One content block while its stream is put together. */
export interface BlockDraft {
  start(block: unknown): void
  add(delta: unknown): void
  /** The block as the API would have stored it, and after it deltas of unknown kind. */
  finish(): unknown[]
}

/** Which field of the block a delta's text goes to. */
const textDeltas: Record<string, { field: string; blockType: string }> = {
  text_delta: { field: 'text', blockType: 'text' },
  thinking_delta: { field: 'thinking', blockType: 'thinking' },
  signature_delta: { field: 'signature', blockType: 'thinking' },
  compaction_delta: { field: 'content', blockType: 'compaction' },
}

/** A block without a start takes its kind from its first delta: the head of a stream may be missing. */
export function createBlockDraft(): BlockDraft {
  let block: JsonObject = {}
  const texts = new Map<string, string[]>()
  const inputJson: string[] = []
  const citations: unknown[] = []
  const unknown: unknown[] = []

  function add(delta: unknown): void {
    const type = isObject(delta) ? asText(delta.type) : null
    if (!isObject(delta) || type === null) {
      unknown.push(delta)
      return
    }
    const target = textDeltas[type]
    const text = target && asText(delta[target.field])
    if (target && typeof text === 'string') {
      block.type ??= target.blockType
      const parts = texts.get(target.field)
      if (parts) parts.push(text)
      else texts.set(target.field, [text])
    } else if (type === 'input_json_delta' && typeof delta.partial_json === 'string') {
      block.type ??= 'tool_use'
      inputJson.push(delta.partial_json)
    } else if (type === 'citations_delta') {
      citations.push(delta.citation)
    } else {
      unknown.push(delta)
    }
  }

  function finish(): unknown[] {
    const whole: JsonObject = { ...block }
    for (const [field, parts] of texts) whole[field] = (asText(block[field]) ?? '') + parts.join('')
    if (citations.length > 0) {
      whole.citations = [...(Array.isArray(block.citations) ? block.citations : []), ...citations]
    }
    const json = inputJson.join('')
    const input = json === '' ? null : parseJson(json)
    if (input) whole.input = input.ok ? input.value : { _raw: json }
    return Object.keys(whole).length > 0 ? [whole, ...unknown] : unknown
  }

  return {
    start(started) {
      if (isObject(started)) block = { ...started }
      else unknown.push(started)
    },
    add,
    finish,
  }
}
