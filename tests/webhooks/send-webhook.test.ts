import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isPrivateAddress } from '../../src-main/webhooks/private-address'
import { checkWebhookUrl, sendWebhook, signatureOf } from '../../src-main/webhooks/send-webhook'
import { testCertificate, testKey } from '../postgres/tls-certificate'

let server: Server
let url: string
let ca: string
let received: { body: string; headers: IncomingMessage['headers'] }[]
let answer: (response: ServerResponse, count: number) => void
const pauses: number[] = []
const pause = async (ms: number): Promise<void> => void pauses.push(ms)

beforeAll(async () => {
  ca = testCertificate
  server = createServer({ key: testKey, cert: testCertificate }, async (request, response) => {
    received.push({ body: await text(request), headers: request.headers })
    answer(response, received.length)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `https://localhost:${(server.address() as AddressInfo).port}/hook`
})
afterAll(() => server.close())
beforeEach(() => {
  received = []
  pauses.length = 0
  answer = (response) => response.writeHead(204).end()
})

const target = { secret: null, allowsPrivate: true }

test('the body arrives whole, signed with the time so that an old one cannot be sent again', async () => {
  await sendWebhook({ ...target, url, secret: 'whisper' }, '{"a":"ü"}', { ca, pause })
  const [{ body, headers }] = received as [(typeof received)[number]]
  expect(body).toBe('{"a":"ü"}')
  expect(headers['content-type']).toBe('application/json')
  const [, seconds, signature] = /^t=(\d+),v1=([\da-f]{64})$/.exec(String(headers['x-nexus-signature']))!
  expect(Math.abs(Date.now() / 1000 - Number(seconds))).toBeLessThan(30)
  expect(signature).toBe(createHmac('sha256', 'whisper').update(`${seconds}.${body}`).digest('hex'))
  expect(signatureOf('whisper', body, Number(seconds))).toBe(headers['x-nexus-signature'])
})

test('what may pass is tried again after growing pauses, and then given up with what was met last', async () => {
  answer = (response, count) => response.writeHead(count < 3 ? 503 : 200).end()
  await sendWebhook({ ...target, url }, '{}', { ca, pause })
  expect(received).toHaveLength(3)
  expect(pauses[0]).toBeLessThanOrEqual(1500)
  expect(pauses[1]).toBeGreaterThan(pauses[0]!)

  answer = (response) => response.writeHead(500).end()
  const failing = sendWebhook({ ...target, url }, '{}', { ca, pause })
  await expect(failing).rejects.toMatchObject({ code: 'webhook-failed', message: 'The address answered with 500.' })
  expect(received).toHaveLength(3 + 4)
})

test.each([
  [302, 'redirect'],
  [400, '400'],
  [401, '401'],
  [404, '404'],
])('an answer of %i is final, and a redirect is not followed', async (status, word) => {
  answer = (response) => response.writeHead(status, { Location: 'https://example.com/' }).end()
  await expect(sendWebhook({ ...target, url }, '{}', { ca, pause })).rejects.toThrow(word)
  expect(received).toHaveLength(1)
})

test('a certificate that nobody vouches for and a receiver that is not there are told apart', async () => {
  await expect(sendWebhook({ ...target, url }, '{}', { pause })).rejects.toThrow('certificate')
  await expect(sendWebhook({ ...target, url: 'https://localhost:1/' }, '{}', { pause, tries: 1 })).rejects.toThrow(
    'ECONNREFUSED',
  )
})

test('a receiver that never answers does not hold the sender for ever', async () => {
  answer = () => undefined
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 200)
  await expect(sendWebhook({ ...target, url }, '{}', { ca, pause, signal: controller.signal })).rejects.toThrow(
    'given up',
  )
})

test('a name that leads into the private network is refused when it is looked up, whatever the address said', async () => {
  const named = { ...target, url: url.replace('localhost', 'localhost.localdomain'), allowsPrivate: false }
  await expect(sendWebhook(named, '{}', { ca, pause, tries: 1 })).rejects.toMatchObject({
    code: /webhook-failed|invalid-input/,
  })
  expect(received).toEqual([])
})

test.each([
  'http://hooks.example.com/',
  'ftp://hooks.example.com/',
  'https://user:password@hooks.example.com/',
  'https://localhost/',
  'https://printer.local/',
  'https://db.internal/',
  'https://127.0.0.1/',
  'https://10.1.2.3/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[fd00::1]/',
  'https://0x7f000001/',
  'https://2130706433/',
  'no address',
])('%s is no address for a webhook', (text) => {
  expect(() => checkWebhookUrl(text, false)).toThrow(/webhook address/i)
})

test('private addresses are let in where that is allowed, but never without TLS', () => {
  expect(checkWebhookUrl('https://10.1.2.3/hook', true).host).toBe('10.1.2.3')
  expect(() => checkWebhookUrl('http://10.1.2.3/hook', true)).toThrow('https://')
})

test.each([
  ['8.8.8.8', false],
  ['172.15.0.1', false],
  ['172.16.0.1', true],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['2001:4860:4860::8888', false],
  ['::ffff:8.8.8.8', false],
  ['::ffff:127.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['fe80::1', true],
  ['hooks.example.com', false],
])('%s is private: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate)
})
