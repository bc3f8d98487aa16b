import type { EventSourceMessage } from 'eventsource-parser'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * The request that a proxy's event says was written: its id, '' where the event names none, and null for every other
 * event. Nothing in it is trusted; what cannot be read is no news.
 */
export function writtenRequestId({ event, data }: EventSourceMessage): string | null {
  // Metrics may come by the thousand: they are told apart without being parsed.
  if (event !== 'conversation' && !data.includes('"conversation"')) return null
  const parsed = parseObject(data)
  if (!parsed || (parsed.type ?? event) !== 'conversation') return null
  const content = isObject(parsed.data) ? parsed.data : parsed
  const id = content.id ?? content.request_id
  return typeof id === 'string' && uuid.test(id) ? id.toLowerCase() : ''
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
