import { Hono } from 'hono'
import { Failure } from '../core/failure'
import { replyFailure } from './failure-reply'
import { allowOnly } from './guards'
import { loginPage, type LoginError } from './login-page'
import { plainPagePolicy } from './page-layout'
import { clearSession, readSessionId, takeReturn, writeSession } from './session-cookie'
import type { Session } from './sessions'
import type { SignIn } from './sign-in'
import { peerAddress, type WebContext, type WebEnv } from './web-context'

/** The brief's way in: a key in a form, or the one-time link; a cookie comes out. */
export function loginRoutes(signIn: SignIn): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()

  routes.get('/', (context) => {
    const token = context.req.query('token')
    // HEAD must change nothing: mail and chat programs look at links with it.
    if (token !== undefined && context.req.method === 'GET') {
      return enter(context, signIn.withToken(token, peerAddress(context)), 'link')
    }
    context.header('Cache-Control', 'no-store')
    context.header('Content-Security-Policy', plainPagePolicy)
    const { isConfigured, needsLink } = signIn
    return context.html(loginPage({ error: readError(context.req.query('error')), isConfigured, needsLink }))
  })

  routes.post('/', async (context) => {
    if (!signIn.isConfigured) return replyFailure(context, new Failure('not-configured'))
    const { key } = await readForm(context)
    const session = typeof key === 'string' ? signIn.withKey(key, peerAddress(context)) : null
    return enter(context, session, 'invalid')
  })

  routes.all('/', allowOnly('GET', 'HEAD', 'POST'))
  return routes
}

/** Ends the session, and with it whatever streams to it. */
export function logoutRoute(signIn: SignIn) {
  return (context: WebContext): Response => {
    signIn.sessions.end(readSessionId(context))
    clearSession(context)
    context.header('Cache-Control', 'no-store')
    return context.redirect('/dashboard/login')
  }
}

function enter(context: WebContext, session: Session | null, error: LoginError): Response {
  context.header('Cache-Control', 'no-store')
  if (session === null) return context.redirect(`/dashboard/login?error=${error}`)
  writeSession(context, session)
  return context.redirect(takeReturn(context))
}

async function readForm(context: WebContext): Promise<Record<string, unknown>> {
  try {
    return await context.req.parseBody()
  } catch (cause) {
    throw new Failure('invalid-input', { cause })
  }
}

function readError(error: string | undefined): LoginError | null {
  return error === 'invalid' || error === 'link' ? error : null
}
