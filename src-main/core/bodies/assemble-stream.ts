import { asText, isObject, type JsonObject } from './json-values'
import { createBlockDraft, type BlockDraft } from './block-draft'

export interface AssembledStream {
  /** The message as the API would have answered without streaming. */
  message: JsonObject
  /** The stream's own error event, which can come after some of the answer. */
  error: unknown
  hasMessage: boolean
  notes: string[]
}

/**
 * Puts the events of one Messages stream together. Counts of `message_delta` are cumulative, so later ones replace
 * earlier ones and a null replaces nothing. Events of unknown kind stand as blocks. Never throws.
 */
export function assembleStream(events: JsonObject[]): AssembledStream {
  const message: JsonObject = {}
  const usage: JsonObject = {}
  const blocks = new Map<number, BlockDraft>()
  let strays: unknown[] = []
  let error: unknown = null
  let starts = 0
  let firstIndex = 0
  let lastIndex = -1
  let hasFinalUsage = false
  let isStopped = false

  const draftAt = (event: JsonObject): BlockDraft => {
    const index = typeof event.index === 'number' ? firstIndex + event.index : Math.max(firstIndex, lastIndex)
    lastIndex = Math.max(lastIndex, index)
    const draft = blocks.get(index) ?? createBlockDraft()
    blocks.set(index, draft)
    return draft
  }

  for (const event of events) {
    switch (event.type) {
      case 'message_start': {
        const start = isObject(event.message) ? event.message : {}
        firstIndex = lastIndex + 1
        starts++
        isStopped = false
        overlay(message, start)
        overlay(usage, start.usage)
        if (Array.isArray(start.content)) strays = strays.concat(start.content)
        break
      }
      case 'content_block_start':
        draftAt(event).start(event.content_block)
        break
      case 'content_block_delta':
        draftAt(event).add(event.delta)
        break
      case 'message_delta':
        overlay(message, event.delta)
        overlay(usage, event.usage)
        hasFinalUsage ||= isObject(event.usage)
        break
      case 'message_stop':
        isStopped = true
        break
      case 'error':
        error = event.error ?? event
        break
      case 'content_block_stop':
      case 'ping':
        break
      default:
        strays.push(event)
    }
  }

  const content = [...blocks].toSorted(([a], [b]) => a - b).flatMap(([, draft]) => draft.finish())
  const notes: string[] = []
  if (starts === 0) notes.push('The start of the stream was not stored.')
  if (starts > 1) notes.push(`${starts} answers stand in this stream, one behind the other.`)
  if (!isStopped && error === null && asText(message.stop_reason) === null) {
    notes.push('The stream was cut here: its end was never stored.')
  }
  if (starts > 0 && !hasFinalUsage) notes.push('The final token counts are missing: these are those of the start.')
  message.content = content.concat(strays)
  if (Object.keys(usage).length > 0) message.usage = usage
  return { message, error, hasMessage: starts + blocks.size + strays.length > 0, notes }
}

/** Fields that say something replace what was there. */
function overlay(target: JsonObject, source: unknown): void {
  if (!isObject(source)) return
  for (const [key, value] of Object.entries(source)) {
    if (value !== null && value !== undefined && key !== '__proto__') target[key] = value
  }
}
