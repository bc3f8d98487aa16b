import { z } from 'zod'
import type { AppApi } from '../rpc/app-api'
import { requestId } from '../contract/scope'
import { asFailure, Failure } from '../core/failure'
import { resolveRendererTarget } from '../security/renderer-file'
import type { RendererFiles } from './renderer-files'
import type { WebContext } from './web-context'

const pageFile = 'index.html'

/** The built renderer: its files, and its page for `/dashboard` and every route below that the page knows itself. */
export function pageRoute(files: RendererFiles) {
  return async (context: WebContext): Promise<Response> => {
    const target = resolveRendererTarget(new URL(context.req.url).pathname)
    if (target.kind === 'page') return sendPage(context, files, 200)
    if (target.kind === 'nothing' || target.file === pageFile) throw new Failure('not-found')
    // Files below assets/ carry a hash of their content in their names.
    const isHashed = target.file.startsWith('assets/')
    return send(
      context,
      files,
      target.file,
      200,
      isHashed ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    )
  }
}

/** The page of one request; with status 404 (and the page, which says so) where no request has this id. */
export function conversationRoute(files: RendererFiles, conversations: AppApi['conversations']) {
  return async (context: WebContext): Promise<Response> => {
    const exists = await hasRequest(conversations, context.req.param('id') ?? '', context.req.raw.signal)
    return sendPage(context, files, exists ? 200 : 404)
  }
}

async function hasRequest(conversations: AppApi['conversations'], id: string, signal: AbortSignal): Promise<boolean> {
  const parsed = z.safeParse(requestId, id)
  if (!parsed.success) return false
  try {
    const { items } = await conversations.rows({ ids: [parsed.data] }, { signal })
    // A row that is not here yet may be in the database: only this call looks there.
    if (items.length === 0) await conversations.get({ id: parsed.data }, { signal })
    return true
  } catch (error) {
    // Any other failure is not known to be a missing row; the page asks again and tells what it is.
    return asFailure(error).code !== 'request-not-found'
  }
}

function sendPage(context: WebContext, files: RendererFiles, status: 200 | 404): Promise<Response> {
  return send(context, files, pageFile, status, 'private, no-cache')
}

async function send(
  context: WebContext,
  files: RendererFiles,
  file: string,
  status: 200 | 404,
  cacheControl: string,
): Promise<Response> {
  const served = await files.read(file, context.req.header('accept-encoding') ?? '')
  if (served === null) throw missing(file)
  context.header('Cache-Control', cacheControl)
  context.header('ETag', served.etag)
  context.header('Vary', 'Accept-Encoding')
  if (status === 200 && context.req.header('if-none-match') === served.etag) return context.body(null, 304)
  context.header('Content-Type', served.type)
  if (served.encoding !== null) context.header('Content-Encoding', served.encoding)
  return context.body(new Uint8Array(served.body), status)
}

function missing(file: string): Failure {
  if (file !== pageFile) return new Failure('not-found')
  return new Failure('internal', { message: 'The page is not built.', hint: 'Run npm run build, then reload.' })
}
