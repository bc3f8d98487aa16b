import { MessageChannel } from 'node:worker_threads'
import {
  anything,
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  oneof,
  string,
  uint8Array,
} from '../fakes/seeded-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRpcHandler } from '../../src-main/rpc/http'
import { servePort, type ServerPort } from '../../src-main/rpc/port'
import { createRouter } from '../../src-main/rpc/router'
import { createFakeApp, type FakeApp } from './fake-app'
import { eventually } from '../fakes/eventually'

const call = (i: string, u: string, b: unknown = {}): string => JSON.stringify({ i, p: { u, b } })

const inheritedNames = [
  '/__proto__',
  '/constructor',
  '/toString',
  '/toString/call',
  '/usage',
  '/usage/__proto__',
  '/usage/constructor/constructor',
  '/usage/stats/~orpc/handler',
  '/usage/stats/',
  '//usage/stats',
  '/Usage/Stats',
  '/a/b/c',
  '/',
]

let app: FakeApp
const unhandled = vi.fn()

beforeEach(() => {
  app = createFakeApp()
  unhandled.mockClear()
  process.on('unhandledRejection', unhandled)
})
afterEach(() => {
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

/** A port that keeps what the server says, by the id of the call. */
function openPort() {
  const replies = new Map<string, { s?: number; b?: { json?: { code?: string } } }>()
  const listeners: Record<string, (event: { data: unknown }) => void> = {}
  const port: ServerPort = {
    postMessage(frame) {
      const { i, p } = JSON.parse(String(frame)) as { i: string; p: { s?: number } }
      replies.set(i, p)
    },
    addEventListener: (type: string, listener: unknown) => void (listeners[type] = listener as () => void),
  }
  const stop = servePort(createRouter(app.api, app.describeError), port)
  return {
    replies,
    stop,
    port,
    say: (data: unknown) => listeners['message']?.({ data }),
    close: () => listeners['close']?.({ data: null }),
  }
}

test.each(inheritedNames.slice(0, 7).concat('/Usage/Stats', '/a/b/c', '/'))(
  'over a port, %s is no call',
  async (name) => {
    const { replies, say } = openPort()
    say(call('1', name))
    await eventually(() => expect(replies.get('1')).toMatchObject({ s: 404, b: { json: { code: 'not-found' } } }))
    expect(app.calls).toEqual([])
  },
)

test.each(inheritedNames.filter((name) => name !== '/usage/stats/'))('over HTTP, %s is no call', async (name) => {
  const handle = createRpcHandler(createRouter(app.api, app.describeError))
  const response = await handle(new Request(`http://h/dashboard/rpc${name}`, { method: 'POST', body: '{}' }))
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ json: { code: 'not-found' } })
  expect(app.calls).toEqual([])
})

test.each(['{', 'null', '7', '"x"', '[]', '{"json":{},"meta":[[1,"__proto__","polluted"]]}', '{"meta":7}', '\u0000'])(
  'over HTTP, the body %j is refused as no call',
  async (body) => {
    const handle = createRpcHandler(createRouter(app.api, app.describeError))
    const headers = { 'Content-Type': 'application/json' }
    const url = 'http://h/dashboard/rpc/conversations/get'
    const response = await handle(new Request(url, { method: 'POST', headers, body }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ json: { code: 'invalid-input' } })
    expect(app.calls).toEqual([])
  },
)

test('over HTTP, a call that changes something is not answered to GET', async () => {
  const handle = createRpcHandler(createRouter(app.api, app.describeError))
  const response = await handle(new Request('http://h/dashboard/rpc/workspace/syncNow'))
  expect(response.status).toBe(405)
  expect(await response.json()).toMatchObject({ json: { code: 'method-not-allowed' } })
  expect(app.calls).toEqual([])
})

test('no frame throws, and after 3,000 strange ones the port still answers', async () => {
  const { replies, say } = openPort()
  const shaped = oneof(
    constantFrom('/usage/stats', '/workspace/events', '/__proto__', 'http://[', 'x', ''),
    anything({ maxDepth: 2 }),
  ).chain((u) =>
    anything({ maxDepth: 3, withNullPrototype: true }).chain((b) =>
      anything({ maxDepth: 2 }).chain((h) =>
        integer({ min: -1, max: 6 }).map((t) => toText({ i: `f${t}`, t, p: { u, b, h, e: 'message', d: b } })),
      ),
    ),
  )
  const frame = oneof(
    shaped,
    string(),
    anything(),
    uint8Array({ maxLength: 200 }),
    array(constantFrom('{', '"i"', ':')).map(String),
  )
  await assert(
    asyncProperty(frame, async (data) => {
      expect(() => say(data)).not.toThrow()
      await Promise.resolve()
    }),
    { numRuns: 3000 },
  )
  say(call('alive', '/host/info'))
  await eventually(() => expect(replies.get('alive')).toMatchObject({ b: { json: { name: 'Fake' } } }))
})

function toText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '{'
  }
}

test.each([
  '{"i":"1","p":{"u":"/conversations/get","b":{"json":{},"meta":[[1,"__proto__","polluted"]]}}}',
  '{"i":"1","p":{"u":"/conversations/get","b":{"json":{"__proto__":{"polluted":1}},"meta":[]}}}',
  '{"i":"1","p":{"u":"/conversations/get","h":{"content-type":"multipart/form-data"},"b":"x"}}',
])('the frame %s is refused', async (frame) => {
  const { say } = openPort()
  say(frame)
  say(new TextEncoder().encode(frame))
  await new Promise((resolve) => setImmediate(resolve))
  expect(app.calls).toEqual([])
})

test('a frame longer than a megabyte is dropped before it is parsed', async () => {
  const { say, replies } = openPort()
  say(call('big', '/conversations/list', { json: { domain: 'x'.repeat(1_100_000) } }))
  say(call('small', '/conversations/list', { json: {} }))
  await eventually(() => expect(replies.has('small')).toBe(true))
  expect(replies.has('big')).toBe(false)
})

test('once closed from either side, a port is neither heard nor spoken to, and its streams end', async () => {
  for (const end of ['stop', 'close'] as const) {
    const opened = openPort()
    opened.say(call('events', '/workspace/events'))
    await eventually(() => expect(app.openStreams()).toBe(1))
    const post = vi.spyOn(opened.port, 'postMessage')
    opened[end]()
    await eventually(() => expect(app.openStreams()).toBe(0))
    opened.say(call('late', '/host/info'))
    app.emit({ type: 'data', asOf: '', newIds: [], changedRows: 0 })
    await new Promise((resolve) => setImmediate(resolve))
    expect(post).not.toHaveBeenCalled()
  }
})

test('a page that is gone when the answer comes hurts nobody', async () => {
  const { port1, port2 } = new MessageChannel()
  const gone: ServerPort = {
    postMessage() {
      throw new Error('Object has been destroyed')
    },
    addEventListener: (type: string, listener: unknown) => port1.addEventListener(type, listener as () => void),
  }
  servePort(createRouter(app.api, app.describeError), gone)
  port1.start()
  port2.postMessage(call('1', '/host/info'))
  await eventually(() => expect(app.calls).toHaveLength(1))
  await new Promise((resolve) => setImmediate(resolve))
  port2.close()
})
