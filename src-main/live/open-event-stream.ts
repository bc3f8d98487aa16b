/*
 * One request for the proxy's event stream. The answer is not trusted to be one: a login page, an error page or a
 * redirect is told apart here. The key goes to this address alone, so redirects are never followed.
 */
import { Failure } from '../core/failure'
import { answerFailure, streamFailure } from './stream-failure'

export interface StreamRequest {
  url: string
  apiKey: string | null
  lastEventId: string | null
  signal: AbortSignal
  nowMs: number
}

/** The stream's bytes. Throws `feed-unreachable`, `feed-unauthorised` or `feed-not-a-stream`. */
export async function openEventStream(request: StreamRequest): Promise<AsyncIterable<Uint8Array>> {
  const { url, apiKey, lastEventId, signal } = request
  let headers: Headers
  try {
    // Compression on the way would hold small events back until there is a block of them.
    headers = new Headers({ accept: 'text/event-stream', 'cache-control': 'no-cache', 'accept-encoding': 'identity' })
    if (apiKey) headers.set('x-dashboard-key', apiKey)
    if (lastEventId) headers.set('last-event-id', encodeHeader(lastEventId))
  } catch (cause) {
    throw new Failure('feed-unauthorised', { message: 'The API key holds characters that no key can have.', cause })
  }
  let response: Response
  try {
    response = await fetch(url, { headers, signal, redirect: 'manual' })
  } catch (error) {
    throw streamFailure(error, url)
  }
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
  if (response.status === 200 && isStream && response.body) return response.body
  await response.body?.cancel().catch(() => undefined)
  throw answerFailure(response, url, request.nowMs)
}

/** Ids are UTF-8 on the wire, while header values are taken byte by byte. */
function encodeHeader(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}
