import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src-main/core/failure'
import { contentPolicy } from '../../src-main/security/content-policy'
import { canary, knownId, makeRow } from '../rpc/fake-app'
import { apiKey, startTestHost, type TestHost } from './test-host'

const html = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const json = { Accept: 'application/json' }
const unknownId = '00000000-0000-4000-8000-000000000000'

let host: TestHost
let cookie: string
beforeAll(async () => {
  host = await startTestHost()
  cookie = await host.signIn()
})
afterAll(() => host.close())
beforeEach(() => {
  host.app.rows = [makeRow()]
})

const pages = ['/dashboard', '/dashboard/', '/dashboard/conversations', `/dashboard/conversation/${knownId}`]
const briefData = ['/dashboard/api/conversations', '/dashboard/sse', '/dashboard/api/sse-stats']
const contractData = ['/dashboard/api/stats', '/dashboard/api/health', `/dashboard/api/conversations/${knownId}`]

describe('without a session', () => {
  test.each([...pages, ...briefData, ...contractData, '/dashboard/assets/index-Bx1.js'])(
    'a browser that asks for %s is sent to sign in',
    async (path) => {
      const response = await host.get(path, html)
      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toBe('/dashboard/login')
    },
  )

  test.each([...pages, ...briefData])('a program that asks for %s hears the 401 of the brief', async (path) => {
    for (const headers of [{}, { Accept: '*/*' }] as Array<Record<string, string>>) {
      const response = await host.get(path, headers)
      expect(response.status).toBe(401)
      expect(await response.json()).toEqual({ error: 'Unauthorized' })
    }
  })

  test.each([...contractData, '/dashboard/api/nothing', '/dashboard/api/openapi.json'])(
    'a program that asks for %s hears the 401 of the contract',
    async (path) => {
      const response = await host.get(path)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: { code: 'unauthorised' } })
    },
  )

  test('a call hears a 401 that its client understands', async () => {
    const response = await host.post('/dashboard/rpc/usage/stats', '{}', { 'Content-Type': 'application/json' })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ json: { defined: true, code: 'unauthorised', status: 401 } })
    expect(host.app.calls).toEqual([])
  })
})

describe.each([
  { name: 'a session', headers: () => ({ Cookie: cookie }) },
  { name: 'the key in a header', headers: () => ({ 'X-Dashboard-Key': apiKey }) },
])('with $name', ({ headers }) => {
  test.each(pages)('%s is the page', async (path) => {
    const response = await host.get(path, { ...headers(), ...html })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(await response.text()).toContain('the page')
  })

  test.each(['stats', 'timeline', 'models', 'domains', 'overview', 'health', `conversations/${knownId}`])(
    '/dashboard/api/%s is JSON that no cache keeps',
    async (route) => {
      const response = await host.get(`/dashboard/api/${route}`, headers())
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(Object.keys((await response.json()) as object).length).toBeGreaterThan(1)
    },
  )

  test('sse-stats has the shape of the brief', async () => {
    const response = await host.get('/dashboard/api/sse-stats', headers())
    expect(await response.json()).toEqual({ connections: {}, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) })
  })

  test('a call of the contract is answered', async () => {
    const init = { ...headers(), 'Content-Type': 'application/json' }
    const response = await host.post('/dashboard/rpc/host/info', '{}', init)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ json: { name: 'Fake' } })
  })
})

describe('one request', () => {
  test.each([unknownId, 'no-id', `${knownId}x`, '%00', '..%2f..'])('%s is not found, on the page', async (id) => {
    const response = await host.get(`/dashboard/conversation/${id}`, { Cookie: cookie, ...html })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('the page')
  })

  test('the status of an id that the copy lacks is what the database says', async () => {
    host.app.rows = []
    host.app.failNext('conversations.get', new Failure('body-unavailable'))
    const response = await host.get(`/dashboard/conversation/${knownId}`, { Cookie: cookie, ...html })
    expect(response.status).toBe(200)
  })

  test('as JSON an unknown id is 404 and a text that is no id 400', async () => {
    const unknown = await host.get(`/dashboard/api/conversations/${unknownId}`, { Cookie: cookie })
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ error: { code: 'request-not-found' } })
    const noId = await host.get('/dashboard/api/conversations/no-id', { Cookie: cookie })
    expect(noId.status).toBe(400)
    expect(await noId.json()).toMatchObject({ error: { code: 'invalid-input', message: expect.stringMatching(/^id/) } })
  })
})

describe('the list', () => {
  const path = '/dashboard/api/conversations'

  test.each([{}, { Accept: '*/*' }, html, { Accept: 'text/html, application/json' }])(
    'is an HTML fragment for %j',
    async (headers) => {
      const response = await host.get(path, { Cookie: cookie, ...headers })
      expect(response.headers.get('content-type')).toMatch(/^text\/html/)
      expect(response.headers.get('vary')).toContain('Accept')
      const fragment = await response.text()
      expect(fragment).toMatch(/^<ul class="conversations">/)
      expect(fragment).toContain(`href="/dashboard/conversation/${knownId}"`)
      expect(fragment).toContain('1,234 tokens')
    },
  )

  test.each([json, { Accept: 'application/json, text/html' }])('is JSON for %j', async (headers) => {
    const response = await host.get(path, { Cookie: cookie, ...headers })
    expect(await response.json()).toMatchObject({ items: [{ id: knownId, totalTokens: 1234 }], nextCursor: null })
  })

  test('takes domain and limit, and says which of them is wrong', async () => {
    expect(await (await host.get(`${path}?domain=other.com&limit=5`, { Cookie: cookie })).text()).toContain(
      'No conversations',
    )
    expect(host.app.calls.at(-1)).toEqual({ procedure: 'conversations.list', input: { domain: 'other.com', limit: 5 } })
    const response = await host.get(`${path}?limit=many`, { Cookie: cookie })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(/^limit/) } })
  })

  test('takes an empty domain as all of them in a form, and as the rows without one in JSON', async () => {
    await host.get(`${path}?domain=&limit=`, { Cookie: cookie })
    expect(host.app.calls.at(-1)?.input).toEqual({})
    await host.get(`${path}?domain=`, { Cookie: cookie, ...json })
    expect(host.app.calls.at(-1)?.input).toEqual({ domain: '' })
  })

  test('leads to the next page with the same question', async () => {
    host.app.nextCursor = 'c+/=&2'
    const fragment = await (await host.get(`${path}?domain=acme.com`, { Cookie: cookie })).text()
    host.app.nextCursor = null
    const address = /hx-get="([^"]+)"/.exec(fragment)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(Object.fromEntries(new URL(address, host.origin).searchParams)).toEqual({
      domain: 'acme.com',
      cursor: 'c+/=&2',
    })
  })

  test('shows stored text as text', async () => {
    const attack = '<img src=x onerror=alert(1)>"\'&'
    host.app.rows = [makeRow({ preview: attack, domain: attack, model: attack, costUsd: null, error: true })]
    const fragment = await (await host.get(path, { Cookie: cookie })).text()
    expect(fragment).not.toContain('<img')
    expect(fragment.match(/&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;/g)).toHaveLength(3)
    expect(fragment).toContain('unpriced')
  })
})

describe('files of the page', () => {
  test('are compressed as the browser likes, and kept for ever where their name has a hash', async () => {
    for (const [accept, encoding, open] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip;q=1.0, br;q=0', 'gzip', gunzipSync],
      ['identity', undefined, (body: Buffer) => body],
    ] as const) {
      const { headers, status } = await host.send({
        path: '/dashboard/assets/index-Bx1.js',
        headers: { Host: new URL(host.origin).host, Cookie: cookie, 'Accept-Encoding': accept },
      })
      expect(status).toBe(200)
      expect(headers['content-encoding']).toBe(encoding)
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
      expect(headers['cache-control']).toBe('private, max-age=31536000, immutable')
      const response = await fetch(`${host.origin}/dashboard/assets/index-Bx1.js`, {
        headers: { Cookie: cookie, 'Accept-Encoding': accept },
      })
      // fetch has already opened what it got; that it could proves the bytes.
      expect(await response.text(), String(open.name)).toMatch(/^console\.log\("a{5000}"\)$/)
    }
  })

  test.each([
    ['assets/small-Cy2.css', 'text/css; charset=utf-8'],
    ['icon.png', 'image/png'],
  ])('%s is sent as it is', async (file, type) => {
    const response = await host.get(`/dashboard/${file}`, { Cookie: cookie })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('content-encoding')).toBeNull()
  })

  test('are not sent again when the browser has them', async () => {
    for (const path of ['/dashboard', '/dashboard/icon.png']) {
      const etag = (await host.get(path, { Cookie: cookie })).headers.get('etag') ?? ''
      const again = await host.get(path, { Cookie: cookie, 'If-None-Match': etag })
      expect(again.status).toBe(304)
      expect(await again.text()).toBe('')
    }
  })

  test.each([
    'assets/none-Zz9.js',
    'none.png',
    'index.html',
    'link.txt',
    '../secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
  ])('%s is not found', async (file) => {
    const response = await host.send({
      path: `/dashboard/${file}`,
      headers: { Host: new URL(host.origin).host, Cookie: cookie },
    })
    expect(response.status).toBe(404)
    expect(response.body).not.toContain('outside of the renderer')
  })
})

test('every answer carries the content policy and forbids to guess its type', async () => {
  for (const path of [
    '/dashboard',
    '/dashboard/api/stats',
    '/dashboard/api/nothing',
    '/dashboard/assets/index-Bx1.js',
    '/x',
  ]) {
    const { headers } = await host.get(path, { Cookie: cookie, ...json })
    expect(headers.get('content-security-policy'), path).toBe(contentPolicy)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('an inner failure is masked on every kind of address, and whole in the log', async () => {
  host.app.failNext('usage.stats', new Error(canary))
  const rest = await host.get('/dashboard/api/stats', { Cookie: cookie })
  expect(rest.status).toBe(500)
  host.app.failNext('conversations.rows', new Error(canary))
  const page = await host.get(`/dashboard/conversation/${knownId}`, { Cookie: cookie, ...html })
  expect((await rest.text()) + (await page.text())).not.toContain(canary)
  expect(JSON.stringify(host.app.logged.map(String))).toContain(canary)
})

test.each([
  ['POST', '/dashboard', 'GET, HEAD'],
  ['DELETE', '/dashboard/conversations', 'GET, HEAD'],
  ['PUT', '/dashboard/api/stats', 'GET, HEAD'],
  ['POST', '/dashboard/sse', 'GET, HEAD'],
  ['POST', '/dashboard/logout', 'GET, HEAD'],
  ['PUT', '/dashboard/login', 'GET, HEAD, POST'],
  ['GET', '/dashboard/rpc/host/info', 'POST'],
  ['HEAD', '/dashboard/rpc/workspace/syncNow', 'POST'],
  ['OPTIONS', '/dashboard/api/stats', 'GET, HEAD'],
  ['OPTIONS', '/dashboard/rpc/usage/stats', 'POST'],
])('%s %s is not allowed, and the answer names what is', async (method, path, allowed) => {
  const before = host.app.calls.length
  const { host: name } = new URL(host.origin)
  const { status, headers } = await host.send({
    method,
    path,
    headers: { Host: name, Origin: host.origin, Cookie: cookie },
  })
  expect(status).toBe(405)
  expect(headers.allow).toBe(allowed)
  expect(host.app.calls).toHaveLength(before)
})

test.each([
  '/dashboard',
  '/dashboard/login',
  '/dashboard/api/stats',
  '/dashboard/api/conversations',
  '/dashboard/sse',
  '/dashboard/icon.png',
])('HEAD %s has the headers of GET and no body', async (path) => {
  const headers = { Host: new URL(host.origin).host, Cookie: cookie }
  const { status, body, headers: got } = await host.send({ method: 'HEAD', path, headers })
  expect(status).toBe(200)
  expect(body).toBe('')
  expect(got['content-type']).toBeTruthy()
})

test('the root leads to the dashboard, and an unknown address is not found in the form that was asked for', async () => {
  expect((await host.get('/')).headers.get('location')).toBe('/dashboard')
  const page = await host.get('/nothing', html)
  expect(page.status).toBe(404)
  expect(await page.text()).toContain('<h1>Not found</h1>')
  expect(await (await host.get('/nothing', json)).json()).toMatchObject({ error: { code: 'not-found' } })
})

test('the OpenAPI document that is served is valid', async () => {
  const response = await host.get('/dashboard/api/openapi.json', { Cookie: cookie })
  const result = await new Validator().validate((await response.json()) as Record<string, unknown>)
  expect(result).toMatchObject({ valid: true })
})
