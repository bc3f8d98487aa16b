import { parseJson } from './json-values'

/** How often JSON may be wrapped in a JSON string before the rest is taken as a text. */
const deepestEncoding = 3

export interface StoredValue {
  /** The JSON value, or the text itself where it is no JSON. */
  value: unknown
  isJson: boolean
  isDoubleEncoded: boolean
}

/** A stored body as a JSON value, unwrapped where a writer has encoded it more than once. Never throws. */
export function parseStoredText(text: string): StoredValue {
  const parsed = parseJson(text)
  if (!parsed.ok) return { value: text, isJson: false, isDoubleEncoded: false }
  let { value } = parsed
  let isDoubleEncoded = false
  for (let depth = 0; depth < deepestEncoding && typeof value === 'string'; depth++) {
    const inner = /^\s*[[{"]/.test(value) ? parseJson(value) : { ok: false as const }
    if (!inner.ok) break
    value = inner.value
    isDoubleEncoded = true
  }
  return { value, isJson: true, isDoubleEncoded }
}
