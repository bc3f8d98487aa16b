import { setMaxListeners } from 'node:events'
import { getRequestListener } from '@hono/node-server'
import type { App } from '../app/app'
import type { Log } from '../core/ports'
import { isLoopback, loopbackNames, writeHost } from './addresses'
import { createHttpServer } from './http-server'
import { createLiveHub } from './live-hub'
import { createSignIn } from './sign-in'
import { createWebApp } from './web-app'

export interface WebHost {
  /** Where the dashboard is, as `http://127.0.0.1:3000/dashboard`. */
  url: string
  /** Signs in once; null where a key is set and no link is offered. A secret: for the terminal, not for the log. */
  loginUrl: string | null
  /** Ends the streams and the sessions, then the server. The app stays open. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Serves the app to browsers. Resolves once it listens; throws `invalid-input` with a sentence that names HOST or PORT
 * where it cannot.
 */
export async function createWebHost(options: {
  app: App
  apiKey: string | null
  /** Without a key of the user: make one that nobody learns, and offer a link that signs in once. */
  offersLink: boolean
  enabled: boolean
  host: string
  /** 0 takes any free one. */
  port: number
  rendererDirectory: string
  version: string
  log: Log
}): Promise<WebHost> {
  const { app, host, log } = options
  const signIn = createSignIn({ apiKey: options.apiKey, offersLink: options.offersLink, log })
  const hub = createLiveHub(app, log)
  const closing = new AbortController()
  // Every open stream listens to it; their number has a limit of its own.
  setMaxListeners(0, closing.signal)
  let ownNames = new Set<string>()

  const web = createWebApp({
    app,
    signIn,
    hub,
    rendererDirectory: options.rendererDirectory,
    version: options.version,
    isEnabled: options.enabled,
    isExpectedHost: (name) => !isLoopback(host) || ownNames.has(name),
    closing: closing.signal,
    log,
  })
  const server = createHttpServer(getRequestListener(web.fetch))
  let port: number
  try {
    port = await server.listen(host, options.port)
  } catch (error) {
    hub.close()
    throw error
  }
  ownNames = loopbackNames(host, port)
  const url = `http://${writeHost(host)}:${port}/dashboard`
  log.info('The dashboard is served', { url, enabled: options.enabled })
  if (!isLoopback(host)) log.warn(`The dashboard can be reached from other machines (HOST is ${host}).`)

  let closed: Promise<void> | null = null
  return {
    url,
    loginUrl: signIn.token === null ? null : `${url}/login?token=${signIn.token}`,
    close() {
      closed ??= closeInOrder()
      return closed
    },
  }

  async function closeInOrder(): Promise<void> {
    hub.close()
    closing.abort()
    signIn.sessions.endAll()
    await server.close()
  }
}
