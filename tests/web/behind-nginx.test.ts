import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRow } from '../rpc/fake-app'
import { joinCrowd } from './crowd'
import { apiKey, startTestHost, type TestHost } from './test-host'
import { eventually } from '../fakes/eventually'

/*
 * The host behind a real nginx that collects answers, as it does unless told not to. Skipped where there is none:
 * `apt-get install nginx`, or its folder in PATH.
 */

const key = { 'X-Dashboard-Key': apiKey }
const isInstalled = spawnSync('nginx', ['-v']).status === 0

let host: TestHost
let nginx: ChildProcess | undefined
let directory: string
let origin: string

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

beforeAll(async () => {
  if (!isInstalled) return
  host = await startTestHost()
  directory = mkdtempSync(join(tmpdir(), 'nexus-nginx-'))
  // As root its workers are another user, who writes what it collects below this folder.
  chmodSync(directory, 0o755)
  for (let attempt = 1; ; attempt++) {
    try {
      await startNginx()
      return
    } catch (error) {
      // Another suite may take the port between finding it free and listening on it.
      if (attempt === 5) throw error
    }
  }
})

/** Throws when it ends instead of answering. */
async function startNginx(): Promise<void> {
  const port = await freePort()
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; pid nginx.pid; error_log stderr warn;
    events { worker_connections 256; }
    http {
      access_log off; ${folders.join(' ')}
      proxy_buffering on; proxy_buffers 8 64k; proxy_buffer_size 64k;
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass ${host.origin}; }
      }
    }`,
  )
  nginx = spawn('nginx', ['-p', directory, '-e', 'stderr', '-c', join(directory, 'nginx.conf')], { stdio: 'ignore' })
  origin = `http://127.0.0.1:${port}`
  const ended = once(nginx, 'exit').then(() => Promise.reject(new Error('nginx ended')))
  ended.catch(() => undefined)
  const answers = eventually(async () => expect((await fetch(`${origin}/dashboard/login`)).status).toBe(200))
  answers.catch(() => undefined)
  await Promise.race([answers, ended])
}

afterAll(async () => {
  if (nginx) {
    const ended = once(nginx, 'exit')
    nginx.kill()
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  await host?.close()
})

function addRow(id: string): void {
  host.app.rows = [makeRow({ id })]
  host.app.emit({ type: 'data', asOf: '2026-11-23T14:00:00.000Z', newIds: [id], changedRows: 0 })
}

const openStreams = async () =>
  ((await (await host.get('/dashboard/api/sse-stats', key)).json()) as { connections: object }).connections

test('each event passes a reverse proxy that collects answers at once, and what was missed comes after a return', async (context) => {
  context.skip(!isInstalled, 'nginx is not installed')
  const first = await joinCrowd(`${origin}/dashboard/sse?domain=acme.com`, key)
  for (const id of ['a', 'b', 'c']) {
    addRow(id)
    // The next is written only when this one is here: nothing pushes it through.
    await eventually(() => expect(first.told.at(-1)).toBe(id))
  }
  first.leave()
  await eventually(async () => expect(await openStreams()).toEqual({}))

  addRow('missed')
  const headers = { ...key, 'Last-Event-ID': first.lastEventId! }
  const second = await joinCrowd(`${origin}/dashboard/sse?domain=acme.com`, headers)
  await eventually(() => expect(second.told).toEqual(['missed']))
  second.leave()
})

test("the page's own live line passes it too", async (context) => {
  context.skip(!isInstalled, 'nginx is not installed')
  const abort = new AbortController()
  const response = await fetch(`${origin}/dashboard/rpc/workspace/events`, {
    method: 'POST',
    body: '{}',
    headers: { ...key, 'Content-Type': 'application/json' },
    signal: abort.signal,
  })
  const reader = response.body!.getReader()
  const seen: string[] = []
  const hear = async (text: string) => {
    while (!seen.join('').includes(text)) seen.push(new TextDecoder().decode((await reader.read()).value))
  }
  await hear('"workspace"')
  addRow('over-rpc')
  await hear('over-rpc')
  expect(seen.join('')).toContain('over-rpc')
  abort.abort()
  await eventually(() => expect(host.app.openStreams()).toBe(0))
})
