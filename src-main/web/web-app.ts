import { Hono } from 'hono'
import type { App } from '../app/app'
import { asFailure, Failure } from '../core/failure'
import type { Log } from '../core/ports'
import { createRouter } from '../rpc/router'
import { apiRoutes } from './api-routes'
import { replyFailure } from './failure-reply'
import { allowOnly, checkHost, checkOrigin, limitBody, requireCaller, sendSecurityHeaders } from './guards'
import type { LiveHub } from './live-hub'
import { loginRoutes, logoutRoute } from './login-routes'
import { conversationRoute, pageRoute } from './page-routes'
import { createRendererFiles } from './renderer-files'
import { rpcRoute } from './rpc-route'
import type { SignIn } from './sign-in'
import { sseRoute } from './sse-route'
import { createStreamSlots } from './stream-slots'
import type { WebContext, WebEnv } from './web-context'

/*
 * Opens the port. Trusts nobody on the network: reads are for who has signed in or sends the key, changes for our own
 * pages besides, and on a loopback address the name that was asked for must be a loopback name. Sends no CORS header at
 * all, so that no other site can read an answer.
 */

/** Everything the browser host answers, as a fetch handler. */
export function createWebApp(options: {
  app: App
  signIn: SignIn
  hub: LiveHub
  rendererDirectory: string
  version: string
  isEnabled: boolean
  isExpectedHost(host: string): boolean
  /** Aborted when the host closes, to end what streams. */
  closing: AbortSignal
  log: Log
}): Hono<WebEnv> {
  const { app, signIn, hub, closing, log } = options
  const web = new Hono<WebEnv>()
  web.onError((error, context: WebContext) => {
    const failure = asFailure(error)
    if (failure.code === 'internal') log.error('A request failed', { path: context.req.path, error })
    return replyFailure(context, failure)
  })
  web.notFound((context) => replyFailure(context, new Failure('not-found')))
  web.use(sendSecurityHeaders)
  web.use(checkHost((host) => options.isExpectedHost(host)))
  if (!options.isEnabled) return web

  const router = createRouter(app.api, app.describeError)
  const slots = createStreamSlots()
  const files = createRendererFiles(options.rendererDirectory)
  const reads = allowOnly('GET', 'HEAD')

  web.use(checkOrigin)
  web.use(limitBody)
  web.get('/', (context) => context.redirect('/dashboard'))
  web.all('/', reads)
  web.route('/dashboard/login', loginRoutes(signIn))

  web.use('/dashboard/*', async (context, next) => {
    // Signing out needs no session, only a server that has any.
    return context.req.path === '/dashboard/logout' && signIn.isConfigured
      ? next()
      : requireCaller(signIn)(context, next)
  })
  web.get('/dashboard/logout', logoutRoute(signIn))
  web.all('/dashboard/logout', reads)
  web.get('/dashboard/sse', sseRoute(hub, slots, closing))
  web.all('/dashboard/sse', reads)
  web.post('/dashboard/rpc/*', rpcRoute(router, slots, closing))
  web.all('/dashboard/rpc/*', allowOnly('POST'))
  web.route('/dashboard/api', apiRoutes({ router, slots, exports: app.exports, version: options.version }))
  web.get('/dashboard/conversation/:id', conversationRoute(files, app.api.conversations))
  web.get('/dashboard', pageRoute(files))
  web.get('/dashboard/*', pageRoute(files))
  web.all('/dashboard', reads)
  web.all('/dashboard/*', reads)
  return web
}
