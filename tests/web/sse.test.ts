import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canary, makeRow } from '../rpc/fake-app'
import { limits } from '../../src-main/web/limits'
import { openSse, type SseClient } from './sse-client'
import { apiKey, startTestHost, type TestHost } from './test-host'
import { eventually } from '../fakes/eventually'

const asOf = '2026-11-23T14:00:00.000Z'
const key = { 'X-Dashboard-Key': apiKey }

let host: TestHost
let clients: SseClient[]
beforeEach(async () => {
  host = await startTestHost()
  clients = []
})
afterEach(async () => {
  for (const client of clients) client.leave()
  await host.close()
})

async function open(query = '', headers: Record<string, string> = key): Promise<SseClient> {
  const client = await openSse(`${host.origin}/dashboard/sse${query}`, headers)
  clients.push(client)
  return client
}

/** A row appears in the app, as after a look of the sync. */
function addRow(id: string, change: Parameters<typeof makeRow>[0] = {}): void {
  host.app.rows.push(makeRow({ id, ...change }))
  host.app.emit({ type: 'data', asOf, newIds: [id], changedRows: 0 })
}

const conversations = (client: SseClient) => client.events.filter(({ body }) => body.type === 'conversation')
const idsOf = (client: SseClient) => conversations(client).map(({ body }) => body.data?.['id'])
const stats = async () => (await (await host.get('/dashboard/api/sse-stats', key)).json()) as { connections: object }

test('the stream begins with who one is, and tells proxies to keep their hands off', async () => {
  const client = await open()
  await eventually(() => expect(client.events).toHaveLength(1))
  expect(client.events[0]?.body).toEqual({
    type: 'connected',
    connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    timestamp: expect.stringMatching(/Z$/),
  })
  expect(client.retryMs).toBeGreaterThanOrEqual(2000)
  const { headers } = client.response
  expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-cache, no-transform')
  expect(headers.get('x-accel-buffering')).toBe('no')
  expect(headers.get('content-encoding')).toBeNull()
})

test('a new row arrives as the event of the brief, unnamed and with an id', async () => {
  const client = await open()
  addRow('r1')
  await eventually(() => expect(conversations(client)).toHaveLength(1))
  expect(conversations(client)[0]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{12}-1$/),
    body: {
      type: 'conversation',
      data: { id: 'r1', domain: 'acme.com', model: 'claude-sonnet-4-5', tokens: 1234, timestamp: asOf },
      timestamp: expect.stringMatching(/Z$/),
    },
  })
})

test('what is not known is null, and a row without an answer has no tokens yet', async () => {
  const client = await open()
  addRow('r1', { domain: null, model: null, inputTokens: null, outputTokens: null, totalTokens: 0, answered: false })
  await eventually(() => expect(conversations(client)).toHaveLength(1))
  expect(conversations(client)[0]?.body.data).toEqual({
    id: 'r1',
    domain: null,
    model: null,
    tokens: null,
    timestamp: asOf,
  })
})

test('each reader hears its own domain, and who asked for all hears all', async () => {
  const [all, acme, other] = [await open(), await open('?domain=acme.com'), await open('?domain=other.org')]
  addRow('a', { domain: 'acme.com' })
  addRow('o', { domain: 'other.org' })
  addRow('n', { domain: null })
  await eventually(() => expect([all, acme, other].map(idsOf)).toEqual([['a', 'o', 'n'], ['a'], ['o']]))
  expect(await stats()).toMatchObject({ connections: { global: 1, 'acme.com': 1, 'other.org': 1 } })
})

test('rows of one look are told oldest first, once each, and history that is being copied is not news', async () => {
  const client = await open()
  host.app.rows = [
    makeRow({ id: 'late', timestamp: '2026-11-23T13:59:59.000Z' }),
    makeRow({ id: 'early', timestamp: '2026-11-23T13:50:00.000Z' }),
    makeRow({ id: 'history', timestamp: '2026-11-20T00:00:00.000Z' }),
  ]
  host.app.emit({ type: 'data', asOf, newIds: ['late', 'early', 'history'], changedRows: 0 })
  host.app.emit({ type: 'data', asOf, newIds: [], changedRows: 5 })
  await eventually(() => expect(idsOf(client)).toEqual(['early', 'late']))
  addRow('last')
  await eventually(() => expect(idsOf(client)).toEqual(['early', 'late', 'last']))
})

test('metrics of each domain come when its figures changed', async () => {
  host.app.domains = [
    { domain: 'acme.com', requests: 10, tokens: 9999 },
    { domain: 'other.org', requests: 1, tokens: 2 },
  ]
  const [all, acme] = [await open(), await open('?domain=acme.com')]
  addRow('r1')
  const metrics = (client: SseClient) => client.events.filter(({ body }) => body.type === 'metrics')
  await eventually(() => expect([metrics(all).length, metrics(acme).length]).toEqual([2, 1]))
  expect(metrics(acme).map(({ body }) => body.data)).toEqual([{ domain: 'acme.com', requests: 10, tokens: 9999 }])
  expect(host.app.calls).toContainEqual({ procedure: 'usage.domains', input: { hours: 24 } })
})

describe('coming back', () => {
  test('with the last id gives what was missed, of the same domain, and then goes on', async () => {
    const first = await open()
    addRow('seen')
    await eventually(() => expect(conversations(first)).toHaveLength(1))
    const lastEventId = conversations(first)[0]?.id ?? ''
    first.leave()
    addRow('missed-1')
    addRow('missed-2', { domain: 'other.org' })
    const witness = await open()
    addRow('missed-3')
    await eventually(() => expect(idsOf(witness)).toContain('missed-3'))

    const [again, acme] = [
      await open('', { ...key, 'Last-Event-ID': lastEventId }),
      await open('?domain=acme.com', { ...key, 'Last-Event-ID': lastEventId }),
    ]
    addRow('new')
    await eventually(() => expect(idsOf(again)).toEqual(['missed-1', 'missed-2', 'missed-3', 'new']))
    await eventually(() => expect(idsOf(acme)).toEqual(['missed-1', 'missed-3', 'new']))
  })

  test('with an id of a former run gives all that is kept; with a strange one, nothing', async () => {
    const witness = await open()
    addRow('kept')
    await eventually(() => expect(idsOf(witness)).toEqual(['kept']))
    const former = await open('', { ...key, 'Last-Event-ID': '0123456789ab-77' })
    await eventually(() => expect(idsOf(former)).toEqual(['kept']))
    for (const strange of ['77', '__proto__', 'x'.repeat(5000), '0123456789ab--1']) {
      const client = await open('', { ...key, 'Last-Event-ID': strange })
      await eventually(() => expect(client.events).toHaveLength(1))
      expect(idsOf(client)).toEqual([])
    }
  })
})

describe('limits', () => {
  test('a domain has so many streams and no more; one that leaves makes room', async () => {
    const full = await Promise.all(Array.from({ length: limits.streamsPerDomain }, () => open('?domain=acme.com')))
    const refused = await open('?domain=acme.com')
    expect(refused.response.status).toBe(429)
    expect(refused.response.headers.get('retry-after')).toBe(String(limits.streamRetrySeconds))
    expect(await refused.response.json()).toMatchObject({ error: { code: 'too-many-streams' } })
    expect((await open('?domain=other.org')).response.status).toBe(200)
    full[0]?.leave()
    await eventually(async () => expect((await open('?domain=acme.com')).response.status).toBe(200))
  })

  test('all domains together have a limit too, which counts calls that stream', async () => {
    const perDomain = limits.streamsPerDomain
    for (let domain = 0; domain * perDomain < limits.streamsTotal; domain += 1) {
      await Promise.all(Array.from({ length: perDomain }, () => open(`?domain=d${domain}`)))
    }
    expect((await open()).response.status).toBe(429)
    const call = await host.post('/dashboard/rpc/workspace/events', '{}', {
      ...key,
      'Content-Type': 'application/json',
    })
    expect(call.status).toBe(429)
    expect(await call.json()).toMatchObject({ json: { code: 'too-many-streams' } })
    await eventually(() => expect(host.app.openStreams()).toBe(0))
  })

  test('one browser has a limit of its own', async () => {
    const cookie = await host.signIn()
    for (let count = 0; count < limits.streamsPerSession; count += 1) {
      expect((await open(`?domain=d${count % 5}`, { Cookie: cookie })).response.status).toBe(200)
    }
    expect((await open('', { Cookie: cookie })).response.status).toBe(429)
    expect((await open('', { Cookie: await host.signIn() })).response.status).toBe(200)
  })

  test('a domain of more than 255 characters is refused', async () => {
    const { response } = await open(`?domain=${'x'.repeat(256)}`)
    expect(response.status).toBe(400)
  })
})

describe('the end', () => {
  test('of a session ends its streams of both kinds, and no other', async () => {
    const [cookie, otherCookie] = [await host.signIn(), await host.signIn()]
    const mine = await open('', { Cookie: cookie })
    const other = await open('', { Cookie: otherCookie })
    const call = await host.post('/dashboard/rpc/workspace/events', '{}', {
      Cookie: cookie,
      'Content-Type': 'application/json',
    })
    expect(host.app.openStreams()).toBe(1)
    await host.get('/dashboard/logout', { Cookie: cookie })
    expect(await mine.ended).toBeUndefined()
    expect(await call.text()).toContain('event: message')
    await eventually(() => expect(host.app.openStreams()).toBe(0))
    addRow('after')
    await eventually(() => expect(idsOf(other)).toEqual(['after']))
    expect(await stats()).toMatchObject({ connections: { global: 1 } })
  })

  test('of a reader frees its place', async () => {
    const client = await open('?domain=acme.com')
    client.leave()
    await eventually(async () => expect((await stats()).connections).toEqual({}))
    addRow('nobody')
  })

  test('of the host ends every stream in order, so that readers see an end and no error', async () => {
    const client = await open()
    const cookie = await host.signIn()
    const call = await host.post('/dashboard/rpc/workspace/events', '{}', {
      Cookie: cookie,
      'Content-Type': 'application/json',
    })
    await host.close()
    expect(await client.ended).toBeUndefined()
    await expect(call.text()).resolves.toContain('workspace')
    await expect(host.get('/dashboard')).rejects.toThrow()
  })
})

test('a reader that stops reading is dropped, and the others do not notice', async () => {
  const witness = await open()
  const { hostname, port } = new URL(host.origin)
  const stalled = connect(Number(port), hostname)
  stalled.pause()
  stalled.on('error', () => undefined)
  stalled.write(
    `GET /dashboard/sse?domain=acme.com HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-Dashboard-Key: ${apiKey}\r\n\r\n`,
  )
  await eventually(async () => expect(await stats()).toMatchObject({ connections: { 'acme.com': 1 } }))
  // More than what the two kernels' buffers take for it.
  const large = 'm'.repeat(100_000)
  let sent = 0
  await eventually(
    async () => {
      addRow(`large-${(sent += 1)}`, { model: large })
      expect((await stats()).connections).toEqual({ global: 1 })
    },
    { everyMs: 1 },
  )
  addRow('last')
  await eventually(() => expect(idsOf(witness).at(-1)).toBe('last'))
  expect(idsOf(witness)).toHaveLength(sent + 1)
  stalled.destroy()
})

test('a lookup that fails costs that hint and not the stream, and the log gets no secret', async () => {
  const client = await open()
  host.app.failNext('conversations.rows', new Error(canary))
  addRow('lost')
  await eventually(() => expect(host.logged()).toContain('could not be announced'))
  addRow('next')
  await eventually(() => expect(idsOf(client)).toEqual(['next']))
  expect(host.logged()).not.toContain(canary)
})
