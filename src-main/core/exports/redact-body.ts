import { readResponseBody } from '../bodies/read-response-body'
import type { Redactor } from '../transcript/redact'
import type { ExportedBodies } from './export-line'

/**
 * Stored bodies without what must not leave. Texts and names within JSON are replaced where they stand, so that numbers
 * keep their digits. What is hidden between the pieces of a streamed answer could not be found: such an answer is put
 * together, and stands in the app's own form.
 */
export function redactBodies({ request, response }: ExportedBodies, redactor: Redactor): ExportedBodies {
  return {
    request: request === null ? null : redactBody(request, redactor),
    response: response === null ? null : redactResponse(response, redactor),
  }
}

const inPieces = new Set(['event-list', 'event-text', 'chunks'])

function redactResponse(response: string, redactor: Redactor): string {
  const { answer } = readResponseBody(response)
  return inPieces.has(answer.shape) ? JSON.stringify(redactor.redactValue(answer)) : redactBody(response, redactor)
}

/** A text in JSON, and a colon where it is a name. */
const literal = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:\s*)?/gs
/** Bytes of pictures and files: a pattern that hits one by chance would spoil it. */
const bytes = /^[A-Za-z\d+/=_-]{1000,}$/

function redactBody(body: string, redactor: Redactor): string {
  try {
    JSON.parse(body)
  } catch {
    return redactor.redact(body)
  }
  let name: { text: string; end: number } | null = null
  return body.replace(literal, (found: string, colon: string | undefined, at: number) => {
    const text = JSON.parse(found.slice(0, found.length - (colon?.length ?? 0))) as string
    const isNamed = name !== null && name.end === at
    const kept = bytes.test(text) ? text : isNamed ? redactor.redactNamed(name!.text, text) : redactor.redact(text)
    name = colon === undefined ? null : { text, end: at + found.length }
    return kept === text ? found : JSON.stringify(kept) + (colon ?? '')
  })
}
