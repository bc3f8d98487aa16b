import type { SourcePlace } from '../core/ports'
import type { Fingerprint } from '../core/threads/fingerprint'

/** What is kept of a request's bodies, and of what the source says beside them. */
export interface Print extends Fingerprint {
  place: SourcePlace | null
}

/** Raised with every change of what is hashed or of this layout: fingerprints of another version are made anew. */
export const fingerprintVersion = 2

const headLength = 8
const bytesANumber = 8

/** The numbers as little-endian float64, then the few texts as JSON. */
export function packFingerprint(print: Print): Uint8Array {
  const { prefixes, answers, tasks } = print
  const numbers = [
    prefixes.length,
    tasks.length,
    print.answer,
    print.isAnswerTelling ? 1 : 0,
    print.system,
    print.firstPrompt,
    print.continuedSummary,
    print.summary,
    ...prefixes,
    ...answers,
    ...tasks.map(({ prompt }) => prompt),
  ]
  const texts = new TextEncoder().encode(
    JSON.stringify([print.place, print.sessionId, ...tasks.map(({ toolUseId }) => toolUseId)]),
  )
  const packed = new Uint8Array(numbers.length * bytesANumber + texts.length)
  const view = new DataView(packed.buffer)
  for (const [index, value] of numbers.entries()) view.setFloat64(index * bytesANumber, value, true)
  packed.set(texts, numbers.length * bytesANumber)
  return packed
}

/** The fingerprint that was packed. Throws for bytes that `packFingerprint` did not make. */
export function unpackFingerprint(packed: Uint8Array): Print {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  let at = 0
  const next = (): number => view.getFloat64(at++ * bytesANumber, true)
  const take = (count: number): number[] => Array.from({ length: count }, next)
  const head = take(headLength)
  const [messages = 0, tasks = 0, answer = 0, isTelling = 0, system = 0, firstPrompt = 0] = head
  const [continuedSummary = 0, summary = 0] = head.slice(6)
  const prefixes = take(messages)
  const answers = take(messages)
  const prompts = take(tasks)
  const texts = new TextDecoder().decode(packed.subarray(at * bytesANumber))
  const [place, sessionId, ...toolUseIds] = JSON.parse(texts) as [SourcePlace | null, string | null, ...string[]]
  return {
    prefixes,
    answers,
    answer,
    isAnswerTelling: isTelling === 1,
    sessionId,
    system,
    firstPrompt,
    tasks: prompts.map((prompt, index) => ({ prompt, toolUseId: toolUseIds[index] ?? '' })),
    continuedSummary,
    summary,
    place,
  }
}
