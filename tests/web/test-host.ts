import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../src-main/core/ports'
import { createWebHost } from '../../src-main/web/create-web-host'
import { createFakeApp, type FakeApp } from '../rpc/fake-app'

/*
 * The browser host on a real port, over the test double of the app and a small made-up renderer.
 */

export const apiKey = 'correct horse battery staple'

export interface TestHost {
  app: FakeApp
  origin: string
  loginUrl: string | null
  /** What the host logged, as one text. */
  logged(): string
  /** `fetch` at a path, redirects not followed. */
  get(path: string, headers?: Record<string, string>): Promise<Response>
  post(path: string, body: string, headers?: Record<string, string>): Promise<Response>
  /** A request with exactly these headers, for those that `fetch` sets itself. */
  send(options: { method?: string; path: string; headers?: Record<string, string>; body?: string }): Promise<RawAnswer>
  /** Signs in with the form and gives the Cookie header. */
  signIn(): Promise<string>
  close(): Promise<void>
}

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export async function startTestHost(change: Partial<Parameters<typeof createWebHost>[0]> = {}): Promise<TestHost> {
  const app = createFakeApp()
  const directory = makeRenderer()
  const lines: unknown[] = []
  const write = (...line: unknown[]): void => void lines.push(line)
  const log: Log = { info: write, warn: write, error: write }
  const host = await createWebHost({
    app,
    apiKey,
    offersLink: false,
    enabled: true,
    host: '127.0.0.1',
    port: 0,
    rendererDirectory: join(directory, 'renderer'),
    version: '0.0.0',
    log,
    ...change,
  })
  const { origin, port } = new URL(host.url)

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(origin + path, { headers, redirect: 'manual' })
  const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(origin + path, { method: 'POST', body, headers: { Origin: origin, ...headers }, redirect: 'manual' })

  return {
    app,
    origin,
    loginUrl: host.loginUrl,
    logged: () => JSON.stringify(lines, (_key, value: unknown) => (value instanceof Error ? value.stack : value)),
    get,
    post,
    send: ({ method = 'GET', path, headers, body }) =>
      new Promise((resolve, reject) => {
        const call = request({ host: '127.0.0.1', port, method, path, headers, setHost: false }, (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
        })
        call.on('error', reject).end(body)
      }),
    async signIn() {
      const response = await post('/dashboard/login', new URLSearchParams({ key: apiKey }).toString(), {
        'Content-Type': 'application/x-www-form-urlencoded',
      })
      return cookieOf(response)
    },
    async close() {
      await host.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** The session cookie that an answer sets, as the browser would send it back. */
export function cookieOf(response: Response): string {
  const cookie = response.headers.getSetCookie().find((line) => line.startsWith('dashboard_auth='))
  return cookie?.split(';')[0] ?? ''
}

function makeRenderer(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nexus-web-'))
  const renderer = join(directory, 'renderer')
  mkdirSync(join(renderer, 'assets'), { recursive: true })
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><html lang="en"><title>the page</title></html>')
  writeFileSync(join(renderer, 'assets', 'index-Bx1.js'), `console.log(${JSON.stringify('a'.repeat(5000))})`)
  writeFileSync(join(renderer, 'assets', 'small-Cy2.css'), 'a{}')
  writeFileSync(join(renderer, 'icon.png'), Buffer.alloc(2000))
  writeFileSync(join(directory, 'secret.txt'), 'outside of the renderer')
  symlinkSync(join(directory, 'secret.txt'), join(renderer, 'link.txt'))
  return directory
}
