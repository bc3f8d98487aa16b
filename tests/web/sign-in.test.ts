import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { apiKey, cookieOf, startTestHost, type TestHost } from './test-host'

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const html = { Accept: 'text/html,application/xhtml+xml' }

describe('with a key', () => {
  let host: TestHost
  beforeEach(async () => {
    host = await startTestHost()
  })
  afterEach(() => host.close())

  test('the form has one password field named key, and a policy that allows no script', async () => {
    const response = await host.get('/dashboard/login')
    expect(response.status).toBe(200)
    const page = await response.text()
    expect(page.match(/<input/g)).toHaveLength(1)
    expect(page).toMatch(/<input[^>]*name="key"[^>]*type="password"/)
    expect(page).not.toContain('<script')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; /)
    expect(policy).toContain("form-action 'self'")
  })

  test('the right key gives a session cookie and the dashboard', async () => {
    const response = await host.post('/dashboard/login', new URLSearchParams({ key: apiKey }).toString(), form)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/dashboard')
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^dashboard_auth=[\w-]{43}; Max-Age=604800; Path=\/dashboard; HttpOnly; SameSite=Lax$/)
    expect(cookie).not.toContain(encodeURIComponent(apiKey))
    expect((await host.get('/dashboard', { Cookie: cookieOf(response) })).status).toBe(200)
  })

  test('behind https the cookie is Secure', async () => {
    const response = await host.post('/dashboard/login', new URLSearchParams({ key: apiKey }).toString(), {
      ...form,
      'X-Forwarded-Proto': 'https',
    })
    expect(response.headers.getSetCookie()[0]).toMatch(/; Secure/)
  })

  test.each(['', 'wrong', apiKey.slice(1), `${apiKey} `, `${apiKey}x`])('the key %j is refused', async (key) => {
    const response = await host.post('/dashboard/login', new URLSearchParams({ key }).toString(), form)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/dashboard/login?error=invalid')
    expect(cookieOf(response)).toBe('')
    const page = await (await host.get('/dashboard/login?error=invalid')).text()
    expect(page).toMatch(/role="alert"[^>]*>\s*That is not the key/)
  })

  test.each(['', 'nothing=1', 'key=a&key=b', '%', '{"key":true}'])('a body of %j signs nobody in', async (body) => {
    const response = await host.post('/dashboard/login', body, form)
    expect(response.headers.get('location')).toBe('/dashboard/login?error=invalid')
  })

  test('a form that cannot be read is refused, not an inner failure', async () => {
    const response = await host.post('/dashboard/login', 'x', { 'Content-Type': 'multipart/form-data; boundary=y' })
    expect(response.status).toBe(400)
    expect(host.logged()).not.toContain('A request failed')
  })

  test('after ten wrong keys in a row even the right one must wait, and is told how long', async () => {
    for (let count = 0; count < 10; count += 1) await host.post('/dashboard/login', 'key=wrong', form)
    const response = await host.post('/dashboard/login', new URLSearchParams({ key: apiKey }).toString(), form)
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.text()).toContain('Too many attempts')
    // Who is in stays in, and programs with the key have a count of their own.
    expect((await host.get('/dashboard', { 'X-Dashboard-Key': apiKey })).status).toBe(200)
  })

  test('wrong keys in headers are counted too', async () => {
    const statuses: number[] = []
    for (let count = 0; count < 31; count += 1) {
      statuses.push((await host.get('/dashboard/api/stats', { 'X-Dashboard-Key': 'wrong' })).status)
    }
    expect(new Set(statuses.slice(0, 30))).toEqual(new Set([401]))
    expect(statuses[30]).toBe(429)
  })

  test('signing out ends the session and clears its cookie', async () => {
    const cookie = await host.signIn()
    const response = await host.get('/dashboard/logout', { Cookie: cookie })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/dashboard/login')
    expect(response.headers.getSetCookie()[0]).toMatch(/^dashboard_auth=; Max-Age=0; Path=\/dashboard/)
    expect((await host.get('/dashboard/api/stats', { Cookie: cookie })).status).toBe(401)
    expect((await host.get('/dashboard/logout')).headers.get('location')).toBe('/dashboard/login')
  })

  test('a deep link is opened after signing in', async () => {
    const path = '/dashboard/conversation/0f8fad5b-d9cb-469f-a165-70867728950e?domain=acme.com'
    const first = await host.get(path, html)
    expect(first.headers.get('location')).toBe('/dashboard/login')
    const [remembered = ''] = first.headers.getSetCookie()
    const cookie = remembered.split(';')[0] ?? ''
    const body = new URLSearchParams({ key: apiKey }).toString()
    const second = await host.post('/dashboard/login', body, { ...form, Cookie: cookie })
    expect(second.headers.get('location')).toBe(path)
  })

  test.each([
    '//evil.com/dashboard/x',
    'https://evil.com/dashboard/',
    '/dashboard/\\evil',
    '/dashboardx',
    '/dashboard/\r\nX: y',
  ])('a return address of %j is not followed', async (place) => {
    const body = new URLSearchParams({ key: apiKey }).toString()
    const cookie = `dashboard_return=${encodeURIComponent(place)}`
    const response = await host.post('/dashboard/login', body, { ...form, Cookie: cookie })
    expect(response.headers.get('location')).toBe('/dashboard')
  })

  test.each([
    'dashboard_auth=x',
    `dashboard_auth=${encodeURIComponent(apiKey)}`,
    'dashboard_auth=__proto__',
    'dashboard_auth',
  ])('the cookie %j is no session', async (cookie) => {
    expect((await host.get('/dashboard/api/stats', { Cookie: cookie })).status).toBe(401)
  })

  test('the key never reaches the log', async () => {
    await host.signIn()
    await host.get('/dashboard', { 'X-Dashboard-Key': apiKey })
    expect(host.logged()).not.toContain(apiKey)
  })
})

describe('with a one-time link and no key', () => {
  let host: TestHost
  beforeEach(async () => {
    host = await startTestHost({ apiKey: null, offersLink: true })
  })
  afterEach(() => host.close())

  const tokenPath = (): string => (host.loginUrl ?? '').slice(host.origin.length)

  test('the link holds 256 random bits, signs in once and leaves no trace in the address', async () => {
    expect(tokenPath()).toMatch(/^\/dashboard\/login\?token=[\w-]{43}$/)
    const first = await host.get(tokenPath())
    expect(first.status).toBe(302)
    expect(first.headers.get('location')).toBe('/dashboard')
    expect((await host.get('/dashboard', { Cookie: cookieOf(first) })).status).toBe(200)
    const second = await host.get(tokenPath())
    expect(second.headers.get('location')).toBe('/dashboard/login?error=link')
    expect(cookieOf(second)).toBe('')
  })

  test('looking at the link with HEAD does not use it up', async () => {
    expect(
      (await host.send({ method: 'HEAD', path: tokenPath(), headers: { Host: new URL(host.origin).host } })).status,
    ).toBe(200)
    expect((await host.get(tokenPath())).headers.get('location')).toBe('/dashboard')
  })

  test.each(['', 'x', 'null', 'undefined'])('the token %j is refused', async (token) => {
    const response = await host.get(`/dashboard/login?token=${token}`)
    expect(response.headers.get('location')).toBe('/dashboard/login?error=link')
  })

  test('the page asks for the link, since nobody knows the key', async () => {
    const page = await (await host.get('/dashboard/login')).text()
    expect(page).toContain('Open the sign-in link')
    expect(page).not.toContain('<form')
  })

  test('neither the token nor the key that was made reaches the log', () => {
    expect(host.logged()).not.toContain(tokenPath().split('=')[1])
  })

  test('a key that the user set is used instead, and no link is offered', async () => {
    const other = await startTestHost({ offersLink: true })
    expect(other.loginUrl).toBeNull()
    await other.close()
  })
})

describe('without a key', () => {
  let host: TestHost
  beforeEach(async () => {
    host = await startTestHost({ apiKey: null })
  })
  afterEach(() => host.close())

  test.each([
    '/dashboard',
    '/dashboard/conversation/x',
    '/dashboard/api/conversations',
    '/dashboard/api/stats',
    '/dashboard/sse',
    '/dashboard/api/sse-stats',
    '/dashboard/logout',
    '/dashboard/assets/index-Bx1.js',
  ])('%s answers 503 and says what to set', async (path) => {
    const wrongKeys: Array<Record<string, string>> = [
      {},
      html,
      { 'X-Dashboard-Key': '' },
      { 'X-Dashboard-Key': 'null' },
    ]
    for (const headers of wrongKeys) {
      const response = await host.get(path, headers)
      expect(response.status).toBe(503)
      expect(await response.text()).toContain('DASHBOARD_API_KEY')
    }
  })

  test('only the login page is there, and it says why nobody can sign in', async () => {
    expect(await (await host.get('/dashboard/login')).text()).toContain('No dashboard API key is set')
    expect((await host.post('/dashboard/login', 'key=', form)).status).toBe(503)
  })
})

test('a dashboard that is switched off has no routes', async () => {
  const host = await startTestHost({ enabled: false })
  for (const path of ['/', '/dashboard', '/dashboard/login', '/dashboard/api/stats', '/dashboard/sse']) {
    expect((await host.get(path, { 'X-Dashboard-Key': apiKey })).status, path).toBe(404)
  }
  await host.close()
})
