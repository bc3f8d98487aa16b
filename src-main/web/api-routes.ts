import { Hono } from 'hono'
import type { RequestList } from '../contract/conversations'
import { makeOpenApiDocument } from '../rpc/open-api'
import { createRestHandler } from '../rpc/rest'
import type { Router } from '../rpc/router'
import type { App } from '../app/app'
import { conversationFragment } from './conversation-fragment'
import { exportRoutes } from './export-routes'
import { allowOnly } from './guards'
import type { StreamSlots } from './stream-slots'
import { prefersJson, type WebContext, type WebEnv } from './web-context'
import { withSignal } from './with-signal'

/** Everything under `/dashboard/api`: the REST routes of the contract, and those that are not in it. */
export function apiRoutes(options: {
  router: Router
  slots: StreamSlots
  exports: App['exports']
  version: string
}): Hono<WebEnv> {
  const { router, slots, version } = options
  const rest = createRestHandler(router)
  const routes = new Hono<WebEnv>()
  let document: ReturnType<typeof makeOpenApiDocument> | null = null

  routes.use(async (context, next) => {
    await next()
    if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store')
  })

  routes.get('/sse-stats', (context) =>
    context.json({ connections: slots.connections(), timestamp: new Date().toISOString() }),
  )

  routes.get('/openapi.json', async (context) => context.json(await (document ??= makeOpenApiDocument(version))))

  routes.get('/conversations', async (context) => {
    context.header('Vary', 'Accept')
    if (prefersJson(context)) return replyAs(context, await rest(asGet(context.req.raw)))
    const url = withoutEmptyFields(new URL(context.req.url))
    const response = await rest(withSignal(new Request(url), context.req.raw.signal))
    if (!response.ok) return replyAs(context, response)
    return context.html(conversationFragment((await response.json()) as RequestList, url.searchParams))
  })

  routes.route('/', exportRoutes(options.exports))
  routes.get('*', (context) => rest(asGet(context.req.raw)))
  routes.all('*', allowOnly('GET', 'HEAD'))
  return routes
}

/** The answer with the headers that the route has already set. */
function replyAs(context: WebContext, response: Response): Response {
  return context.newResponse(response.body, response)
}

// A form sends a field that nothing was chosen in as empty text: the brief's "all domains".
function withoutEmptyFields(url: URL): URL {
  const filled = [...url.searchParams].filter(([, value]) => value !== '')
  url.search = String(new URLSearchParams(filled))
  return url
}

// Hono answers HEAD by GET and leaves the body out; the contract knows GET alone.
function asGet(request: Request): Request {
  return request.method === 'HEAD' ? new Request(request, { method: 'GET' }) : request
}
