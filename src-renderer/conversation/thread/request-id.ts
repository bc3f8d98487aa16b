const id = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i

/** The request id in what was typed or pasted: an id, or the address of a request; null without one. */
export function readRequestId(text: string): string | null {
  return id.exec(text)?.[0].toLowerCase() ?? null
}
