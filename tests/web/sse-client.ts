import { createParser, type EventSourceMessage } from 'eventsource-parser'

export interface SseClient {
  response: Response
  /** The JSON of each event so far, with its id. */
  events: Array<{ id: string | undefined; body: { type: string; data?: Record<string, unknown> } }>
  comments: string[]
  retryMs: number | null
  /** Resolves when the server has ended the stream, or with the error that did. */
  ended: Promise<unknown>
  leave(): void
}

/** Reads an event stream as the brief's other clients do. */
export async function openSse(url: string, headers: Record<string, string>): Promise<SseClient> {
  const abort = new AbortController()
  const response = await fetch(url, { headers: { Accept: 'text/event-stream', ...headers }, signal: abort.signal })
  const client: SseClient = {
    response,
    events: [],
    comments: [],
    retryMs: null,
    ended: Promise.resolve(),
    leave: () => abort.abort(),
  }
  const parser = createParser({
    onEvent: ({ id, data }: EventSourceMessage) => client.events.push({ id, body: JSON.parse(data) as never }),
    onComment: (comment) => client.comments.push(comment),
    onRetry: (retryMs) => (client.retryMs = retryMs),
  })
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
  }
  if (response.ok) client.ended = read().catch((error: unknown) => error)
  return client
}
