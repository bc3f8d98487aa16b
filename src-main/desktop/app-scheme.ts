/*
 * The page's own protocol. Trusts no address: what security/ does not resolve to a file of the built renderer, and what
 * a link would lead out of its folder for, is answered with 404.
 */
import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import type { Protocol } from 'electron'
import { downloadHeaders, type Exports } from '../app/exports-api'
import type { Log } from '../core/ports'
import { securityHeaders } from '../security/content-policy'
import { resolveAppRequest } from '../security/renderer-file'

export const appOrigin = 'app://ui'
export const startUrl = `${appOrigin}/dashboard/`
const scheme = 'app'

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/vnd.microsoft.icon',
  '.woff2': 'font/woff2',
}

/** Declares the scheme as an origin of its own with the web's rules. Must run before the app is ready. */
export function declareAppScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the built renderer in `folder` below app://ui/dashboard/, and each finished export once. */
export function serveAppScheme(
  protocol: Protocol,
  options: { folder: string; exports: Pick<Exports, 'fetch'>; log: Log },
): void {
  const { folder, exports, log } = options
  protocol.handle(scheme, async (request) => {
    const exportId = exportPath.exec(request.url)?.[1]
    if (request.method !== 'GET' || exportId === undefined) return answer(request, folder, log)
    const file = await exports.fetch(exportId).catch((error: unknown) => {
      log.error('A finished export could not be handed over', { error })
      return null
    })
    // The session asks where to save it, as for any download.
    return file ? new Response(file.content, { headers: { ...securityHeaders, ...downloadHeaders(file) } }) : notFound()
  })
}

const exportPath = /^app:\/\/ui\/dashboard\/api\/exports\/([\da-f-]{36})$/

async function answer(request: Request, folder: string, log: Log): Promise<Response> {
  const target = resolveAppRequest(request.method, request.url)
  if (target.kind === 'nothing') return notFound()
  const file = target.kind === 'page' ? 'index.html' : target.file
  try {
    const [home, found] = await Promise.all([realpath(folder), realpath(path.join(folder, file))])
    if (!found.startsWith(home + path.sep)) return notFound()
    return new Response(await readFile(found), {
      headers: { ...securityHeaders, 'Content-Type': contentTypes[path.extname(file)] ?? 'application/octet-stream' },
    })
  } catch (error) {
    // A missing asset is a broken build, and worth a line in the log.
    log.warn('A file of the page is not there', { file, error })
    return notFound()
  }
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { ...securityHeaders, 'Content-Type': 'text/plain' } })
}
