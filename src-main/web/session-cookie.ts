import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { sessionLifetimeSeconds, type Session } from './sessions'
import { isHttps, type WebContext } from './web-context'

const sessionCookie = 'dashboard_auth'
/** Where the browser wanted to go when it was sent to sign in. */
const returnCookie = 'dashboard_return'
const returnLifetimeSeconds = 600
const longestReturn = 2000

export function readSessionId(context: WebContext): string | undefined {
  return getCookie(context, sessionCookie)
}

export function writeSession(context: WebContext, session: Session): void {
  setCookie(context, sessionCookie, session.id, { ...place(context), maxAge: sessionLifetimeSeconds })
}

export function clearSession(context: WebContext): void {
  deleteCookie(context, sessionCookie, place(context))
}

/** Keeps the path of a deep link until its reader has signed in. */
export function rememberReturn(context: WebContext): void {
  const { pathname, search } = new URL(context.req.url)
  const target = pathname + search
  if (!isOurPage(target)) return
  setCookie(context, returnCookie, target, { ...place(context), maxAge: returnLifetimeSeconds })
}

/** The path to go on to after signing in; asked once. */
export function takeReturn(context: WebContext): string {
  const target = getCookie(context, returnCookie)
  if (target === undefined) return '/dashboard'
  deleteCookie(context, returnCookie, place(context))
  return isOurPage(target) ? target : '/dashboard'
}

function isOurPage(target: string): boolean {
  return target.length <= longestReturn && /^\/dashboard\/[\w\-./?=&%+:~]+$/.test(target)
}

function place(context: WebContext) {
  return { path: '/dashboard', httpOnly: true, sameSite: 'Lax', secure: isHttps(context) } as const
}
