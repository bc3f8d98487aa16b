import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorCatalogue, type ErrorCode } from '../contract/errors'
import { asFailure, Failure } from '../core/failure'
import { rpcPath } from '../rpc/http'
import { restPath } from '../rpc/rest'
import { restError } from '../rpc/rest-error'
import { toRpcError } from '../rpc/router'
import { rememberReturn } from './session-cookie'
import { statusPage } from './status-page'
import { acceptsHtml, prefersJson, type WebContext } from './web-context'

/**
 * The failure in the form that this address speaks: oRPC's under `/dashboard/rpc`, the REST body under
 * `/dashboard/api`, else a page, or JSON for who asks for that.
 */
export function replyFailure(context: WebContext, error: unknown): Response | Promise<Response> {
  const failure = asFailure(error)
  const status = errorCatalogue[failure.code].status as ContentfulStatusCode
  if (failure.retryAfterSeconds !== undefined) context.header('Retry-After', String(failure.retryAfterSeconds))
  context.header('Cache-Control', 'no-store')
  const { path } = context.req
  if (isBelow(path, rpcPath)) return context.json({ json: toRpcError(failure.toShape()).toJSON() }, status)
  if (isBelow(path, restPath) || prefersJson(context)) return context.json(restError(failure), status)
  return statusPage(context, { title: titles[failure.code] ?? 'Something went wrong', failure, status })
}

/** Without a session: a browser is sent to sign in; a program hears 401, on the brief's own routes in its words. */
export function replyUnauthorised(context: WebContext): Response | Promise<Response> {
  const { path, method } = context.req
  if (acceptsHtml(context) && (method === 'GET' || method === 'HEAD')) {
    rememberReturn(context)
    return context.redirect('/dashboard/login')
  }
  const failure = new Failure('unauthorised')
  const isOfContract = isBelow(path, rpcPath) || (isBelow(path, restPath) && !briefRoutes.has(path))
  if (isOfContract || (path === conversationsPath && prefersJson(context))) return replyFailure(context, failure)
  context.header('Cache-Control', 'no-store')
  return context.json({ error: 'Unauthorized' }, 401)
}

const conversationsPath = `${restPath}/conversations`
const briefRoutes = new Set([conversationsPath, `${restPath}/sse-stats`])

const titles: Partial<Record<ErrorCode, string>> = {
  'not-allowed': 'Refused',
  'not-found': 'Not found',
  'request-not-found': 'Not found',
  'method-not-allowed': 'Not like this',
  'too-large': 'Too large',
  'too-many-attempts': 'Too many attempts',
  'not-configured': 'Not set up yet',
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base}/`)
}
