import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { build } from 'vite'
import { errorCatalogue } from '../../src-main/contract/errors'
import { asFailure } from '../../src-main/core/failure'
import type { AppApi } from '../../src-main/rpc/app-api'
import { createRpcHandler, rpcPath } from '../../src-main/rpc/http'
import { createRouter } from '../../src-main/rpc/router'
import { securityHeaders } from '../../src-main/security/content-policy'

export interface PageHost {
  /** Of the page, without a slash at the end. */
  url: string
  close(): Promise<void>
}

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' }

/** The built renderer with an app behind it, which may be exchanged between tests, over HTTP with the product's own headers. No session is asked for. */
export async function openPageHost(currentApi: () => AppApi): Promise<PageHost> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nexus-page-'))
  await build({ configFile: path.resolve('vite.config.ts'), logLevel: 'error', build: { outDir: folder } })
  const handlers = new WeakMap<AppApi, ReturnType<typeof createRpcHandler>>()

  function rpc(request: Request): Promise<Response> {
    const api = currentApi()
    const handle = handlers.get(api) ?? createRpcHandler(createRouter(api, (error) => asFailure(error).toShape()))
    handlers.set(api, handle)
    return handle(request)
  }

  const server: Server = createServer(
    getRequestListener(async (request) => {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith(`${rpcPath}/`)) return rpc(request)
      const name = path.extname(pathname) ? pathname.replace('/dashboard/', '') : 'index.html'
      try {
        const file = await readFile(path.join(folder, name))
        const type = types[path.extname(name)] ?? 'application/octet-stream'
        return new Response(file, { headers: { ...securityHeaders, 'Content-Type': type } })
      } catch {
        return new Response(null, { status: errorCatalogue['request-not-found'].status })
      }
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dashboard`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}
