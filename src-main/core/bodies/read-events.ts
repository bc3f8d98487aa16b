import { asText, isObject, parseJson, type JsonObject } from './json-values'

/** Stream events in order, as far as they could be read. */
export interface ReadEvents {
  events: JsonObject[]
  /** Pieces that are no event, as they are. */
  rest: unknown[]
}

const eventTypes = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'ping',
  'error',
])

/** Text of an event stream (`event: …`, `data: …`), or one JSON event a line. */
export function looksLikeEventText(text: string): boolean {
  if (/^\s*(event|data):/.test(text)) return true
  const [first = ''] = /^\s*\{[^\n]*/.exec(text) ?? []
  if (first === '') return /^\s*:/.test(text) && /^data:/m.test(text)
  const parsed = parseJson(first)
  return parsed.ok && isEvent(parsed.value)
}

/** True for a list that holds an event of the Messages stream, bare, as text or wrapped. */
export function looksLikeEvents(items: unknown[]): boolean {
  return items.some((item) =>
    typeof item === 'string' ? looksLikeEventText(item) : isObject(item) && isEvent(unwrap(item)),
  )
}

function isEvent(value: unknown): boolean {
  return isObject(value) && typeof value.type === 'string' && eventTypes.has(value.type)
}

/**
 * Events out of a list of objects and texts. Texts may be whole events or pieces of a stream cut anywhere, so
 * neighbouring texts are read as one.
 */
export function readEventList(items: unknown[]): ReadEvents {
  const read: ReadEvents = { events: [], rest: [] }
  let texts: string[] = []
  const flush = (): void => {
    if (texts.length > 0) append(read, readEventText(texts.join('')))
    texts = []
  }
  for (const item of inOrder(items)) {
    const inner = isObject(item) ? unwrap(item) : item
    if (typeof inner === 'string') {
      if (beginsAnew(inner, texts.at(-1))) texts.push('\n\n')
      texts.push(inner)
      continue
    }
    flush()
    if (isObject(inner) && typeof inner.type === 'string') read.events.push(inner)
    else read.rest.push(item)
  }
  flush()
  return read
}

/** Whether a text is an event of its own and not the next piece of the one before: JSON never has `}{` or `}:`. */
function beginsAnew(text: string, before: string | undefined): boolean {
  if (before === undefined || before.endsWith('\n')) return false
  return /^(event|data):/.test(text) || (before.endsWith('}') && /^[{:]/.test(text))
}

/** Chunks that bear a number come in that order. */
function inOrder(items: unknown[]): unknown[] {
  const numbered = items.flatMap((item) =>
    isObject(item) && typeof item.chunk_index === 'number' ? [{ item, index: item.chunk_index }] : [],
  )
  if (numbered.length < items.length) return items
  return numbered.toSorted((a, b) => a.index - b.index).map(({ item }) => item)
}

/** What a wrapper carries: `{ chunk_index, chunk_data }`, `{ event, data }`, `{ data }`. */
function unwrap(item: JsonObject): unknown {
  if (isEvent(item)) return item
  const inner = item.chunk_data ?? item.data ?? item.chunk
  if (inner === undefined) return item
  const parsed = typeof inner === 'string' && inner.startsWith('{') ? parseJson(inner) : null
  return parsed?.ok ? parsed.value : inner
}

/**
 * Events of a stream's text. Fields other than `data` say nothing that the data does not say; what does not parse, as
 * an event that was cut, is kept in `rest`. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function readEventText(text: string): ReadEvents {
  const read: ReadEvents = { events: [], rest: [] }
  let data: string[] = []
  const dispatch = (): void => {
    if (data.length > 0) readData(data.join('\n'), read)
    data = []
  }
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5))
    else if (/^\s*[{[]/.test(line)) readData(line, read)
    else if (line === '' || line.startsWith('event:')) dispatch()
    else if (!/^(:|id:|retry:|\s*$)/.test(line)) read.rest.push(line)
  }
  dispatch()
  return read
}

function readData(data: string, read: ReadEvents): void {
  if (data.trim() === '' || data === '[DONE]') return
  const parsed = parseJson(data)
  if (parsed.ok && isObject(parsed.value) && asText(parsed.value.type) !== null) read.events.push(parsed.value)
  else if (parsed.ok && Array.isArray(parsed.value)) append(read, readEventList(parsed.value))
  else read.rest.push(parsed.ok ? parsed.value : data)
}

function append(to: ReadEvents, from: ReadEvents): void {
  for (const event of from.events) to.events.push(event)
  for (const piece of from.rest) to.rest.push(piece)
}
