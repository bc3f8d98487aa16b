import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Session } from './sessions'

/** Who asks: a signed-in browser, or (null) a program that sends the key with each request. */
export interface Caller {
  session: Session | null
}

export interface WebEnv {
  Bindings: HttpBindings
  Variables: { caller: Caller }
}

export type WebContext = Context<WebEnv>

/** The address at the other end of the socket. Forwarded addresses are not believed: anyone can write them. */
export function peerAddress(context: WebContext): string {
  return context.env.incoming.socket.remoteAddress ?? 'unknown'
}

/** Whether the browser at the other end speaks https, be it through a proxy. */
export function isHttps(context: WebContext): boolean {
  return context.req.header('x-forwarded-proto')?.split(',')[0]?.trim() === 'https'
}

/** Whether the asker reads pages. `*` is no such claim: that is what programs send. */
export function acceptsHtml(context: WebContext): boolean {
  return /\btext\/html\b|\bapplication\/xhtml\+xml\b/i.test(context.req.header('accept') ?? '')
}

/** Whether the asker is better answered in JSON than in HTML: it names JSON (and HTML not before it) or is a program. */
export function prefersJson(context: WebContext): boolean {
  const accept = (context.req.header('accept') ?? '').toLowerCase()
  if (accept.includes('text/event-stream')) return true
  const json = accept.indexOf('application/json')
  const html = accept.indexOf('text/html')
  return json !== -1 && (html === -1 || json < html)
}
