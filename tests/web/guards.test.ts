import { createConnection } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiKey, startTestHost, type TestHost } from './test-host'

let host: TestHost
let cookie: string
let name: string
let port: string
beforeAll(async () => {
  host = await startTestHost()
  cookie = await host.signIn()
  ;({ host: name, port } = new URL(host.origin))
})
afterAll(() => host.close())

const call = (headers: Record<string, string>) =>
  host.send({
    method: 'POST',
    path: '/dashboard/rpc/host/info',
    body: '{}',
    headers: { Host: name, 'Content-Type': 'application/json', Cookie: cookie, ...headers },
  })

test('the loopback names are answered', async () => {
  for (const own of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
    expect((await host.send({ path: '/dashboard/login', headers: { Host: own } })).status, own).toBe(200)
  }
})

test('any other name that leads to this address is refused, with the key or without', async () => {
  const names = [
    'evil.com',
    `evil.com:${port}`,
    'localhost',
    '127.0.0.1',
    `127.0.0.1.evil.com:${port}`,
    'localhost:1',
    '',
  ]
  for (const other of names) {
    for (const path of ['/', '/dashboard/login', '/dashboard/api/stats', '/dashboard/icon.png']) {
      const headers = { Host: other, 'X-Dashboard-Key': apiKey, 'X-Forwarded-Host': name, Connection: 'close' }
      const { status } = await host.send({ path, headers })
      expect(status === 403 || (other === '' && status === 400), `${other} ${path} ${status}`).toBe(true)
    }
  }
})

test('on an address that others can reach, the name is the business of the network', async () => {
  const open = await startTestHost({ host: '0.0.0.0' })
  const { status } = await open.send({ path: '/dashboard/login', headers: { Host: 'dashboard.example.com' } })
  expect(status).toBe(200)
  expect(open.logged()).toContain('can be reached from other machines')
  await open.close()
})

test('by default nothing listens but the loopback address', async () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === 'IPv4')
  if (!outside) return expect(new URL(host.origin).hostname).toBe('127.0.0.1')
  const refused = await new Promise((resolve) => {
    createConnection(Number(port), outside.address)
      .once('connect', () => resolve(false))
      .once('error', () => resolve(true))
  })
  expect(refused).toBe(true)
})

test.each([
  ['our own', () => host.origin],
  ['our own by its other name', () => `http://${name}`],
])('a call from %s page is answered', async (_name, origin) => {
  expect((await call({ Origin: origin() })).status).toBe(200)
})

test.each([
  'https://evil.com',
  'http://127.0.0.1',
  'http://127.0.0.1:1',
  'null',
  'file://',
  '',
  'app://ui',
  'http://evil.com@',
])('a call from the page %j is refused', async (origin) => {
  const before = host.app.calls.length
  expect((await call({ Origin: origin })).status).toBe(403)
  expect((await call({ Origin: origin, 'X-Dashboard-Key': apiKey })).status).toBe(403)
  expect(host.app.calls).toHaveLength(before)
})

test('a call without an Origin is refused, unless it brings the key itself', async () => {
  expect((await call({})).status).toBe(403)
  expect((await call({ 'X-Dashboard-Key': apiKey })).status).toBe(200)
  expect((await call({ 'X-Dashboard-Key': 'wrong', Cookie: '' })).status).toBe(401)
})

test('behind a proxy, the name that the browser asked for counts as ours', async () => {
  const headers = { Origin: 'https://dash.example.com', 'X-Forwarded-Host': 'dash.example.com' }
  expect((await call(headers)).status).toBe(200)
})

test('a form of another site cannot sign anyone in; a program without an Origin can', async () => {
  const form = {
    method: 'POST',
    path: '/dashboard/login',
    body: new URLSearchParams({ key: apiKey }).toString(),
    headers: { Host: name, 'Content-Type': 'application/x-www-form-urlencoded' },
  }
  for (const origin of ['https://evil.com', 'null']) {
    const { status, headers } = await host.send({ ...form, headers: { ...form.headers, Origin: origin } })
    expect(status).toBe(403)
    expect(headers['set-cookie']).toBeUndefined()
  }
  expect((await host.send(form)).headers.location).toBe('/dashboard')
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
  'a call sent as %j is refused: other sites can send that without asking',
  async (type) => {
    const { status, body } = await call({ Origin: host.origin, 'Content-Type': type })
    expect(status).toBe(400)
    expect(body).toContain('application/json')
  },
)

test('a body of more than 256 kB is refused before it is read, with a length or without', async () => {
  const body = `{"json":{"name":"${'x'.repeat(300_000)}"}}`
  const headers = { Host: name, Origin: host.origin, Cookie: cookie, 'Content-Type': 'application/json' }
  const path = '/dashboard/rpc/connections/save'
  const known = await host.send({
    method: 'POST',
    path,
    body,
    headers: { ...headers, 'Content-Length': String(body.length) },
  })
  expect(known.status).toBe(413)
  expect(JSON.parse(known.body)).toMatchObject({ json: { code: 'too-large' } })
  const chunked = await host.send({
    method: 'POST',
    path,
    body,
    headers: { ...headers, 'Transfer-Encoding': 'chunked' },
  })
  expect(chunked.status).toBe(413)
})

test('raw nonsense on the socket ends that connection and nothing else', async () => {
  for (const text of [
    '\0\0\0\0\r\n\r\n',
    'GET\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    `GET /dashboard\\..\\x HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`,
  ]) {
    const answer = await new Promise<string>((resolve) => {
      let received = ''
      const socket = createConnection(Number(port), '127.0.0.1', () => socket.write(text))
      socket.on('data', (chunk) => (received += String(chunk)))
      socket.on('close', () => resolve(received))
      socket.on('error', () => resolve(received))
    })
    expect(answer, JSON.stringify(text.slice(0, 30))).toMatch(/^HTTP\/1\.1 4\d\d/)
  }
  expect((await host.get('/dashboard/login')).status).toBe(200)
})
