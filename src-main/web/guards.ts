import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { Failure } from '../core/failure'
import { securityHeaders } from '../security/content-policy'
import { replyFailure, replyUnauthorised } from './failure-reply'
import { limits } from './limits'
import { readSessionId } from './session-cookie'
import type { SignIn } from './sign-in'
import { peerAddress, type WebContext, type WebEnv } from './web-context'

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const keyHeader = 'x-dashboard-key'

/** The headers that both hosts send with everything, unless the route has its own. */
export const sendSecurityHeaders = createMiddleware<WebEnv>(async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!context.res.headers.has(name)) context.header(name, value)
  }
})

/**
 * On a loopback address, answers only who asked for a loopback name: a page of another site whose name was bent to
 * 127.0.0.1 asks for that name (DNS rebinding).
 */
export function checkHost(isExpected: (host: string) => boolean) {
  return createMiddleware<WebEnv>(async (context, next) => {
    const host = context.req.header('host') ?? ''
    if (isExpected(host.toLowerCase())) return next()
    return replyFailure(
      context,
      new Failure('not-allowed', {
        message: 'This server answers to its own loopback address only.',
        hint: 'Open http://localhost or http://127.0.0.1 with its port; behind a proxy, let it send that as Host.',
      }),
    )
  })
}

/**
 * Whatever may change something must come from our own pages. Programs that send the key are exempt: no other site's
 * page can add that header. So is signing in without an Origin, which browsers always send and other clients of the
 * brief's login never do; the key in the form is the proof there.
 */
export const checkOrigin = createMiddleware<WebEnv>(async (context, next) => {
  if (readingMethods.has(context.req.method)) return next()
  const origin = context.req.header('origin')
  const isProgram = origin === undefined && (context.req.header(keyHeader) !== undefined || isLogin(context))
  if (isProgram || (origin !== undefined && isOwnOrigin(context, origin))) return next()
  return replyFailure(context, new Failure('not-allowed'))
})

export const limitBody = bodyLimit({
  maxSize: limits.bodyBytes,
  onError(context) {
    // What is still on its way would be taken for the next request.
    context.header('Connection', 'close')
    return replyFailure(context as WebContext, new Failure('too-large'))
  },
})

/** Lets pass who has signed in or sends the key, and leaves who it is in the context. */
export function requireCaller(signIn: SignIn) {
  return createMiddleware<WebEnv>(async (context, next) => {
    if (!signIn.isConfigured) return replyFailure(context, new Failure('not-configured'))
    const key = context.req.header(keyHeader)
    if (key !== undefined && signIn.isHeaderKey(key, peerAddress(context))) {
      context.set('caller', { session: null })
      return next()
    }
    const session = signIn.sessions.find(readSessionId(context))
    if (session === undefined) return replyUnauthorised(context)
    context.set('caller', { session })
    return next()
  })
}

/** Answers with the methods that an address takes. Put after the routes that take them. */
export function allowOnly(...methods: string[]) {
  return createMiddleware<WebEnv>(async (context) => {
    context.header('Allow', methods.join(', '))
    return replyFailure(context, new Failure('method-not-allowed'))
  })
}

function isLogin(context: WebContext): boolean {
  return context.req.path === '/dashboard/login'
}

// A proxy may have put its own name into Host; a page of another site can set neither header.
function isOwnOrigin(context: WebContext, origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  const hosts = [context.req.header('host'), context.req.header('x-forwarded-host')?.split(',')[0]?.trim()]
  return hosts.some((own) => own?.toLowerCase() === host)
}
