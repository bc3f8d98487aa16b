/** Small readers of JSON values whose shape is not known. None of them throws. */

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** True where a reader of a text loses nothing: a text, or none. */
export function isTextOrNone(value: unknown): boolean {
  return typeof value === 'string' || value === null || value === undefined
}

/** A count as the API gives it: an integer of at least 0; anything else is none. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

export type ParsedText = { ok: true; value: unknown } | { ok: false }

export function parseJson(text: string): ParsedText {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}

/** The object without some of its keys and without nulls; itself null when nothing is left. */
export function without(object: JsonObject, keys: string[]): JsonObject | null {
  const rest = Object.entries(object).filter(([key, value]) => !keys.includes(key) && value !== null)
  return rest.length === 0 ? null : Object.fromEntries(rest)
}
