import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportedFile } from '../rpc/fake-app'
import { apiKey, startTestHost, type TestHost } from './test-host'

let host: TestHost
const key = { 'X-Dashboard-Key': apiKey }

beforeAll(async () => {
  host = await startTestHost()
})
afterAll(() => host.close())

test('an export is a download of what the query asks for', async () => {
  const query = 'format=csv&q=tokens:%3E5&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&bodies=1&domain='
  const response = await host.get(`/dashboard/api/export?${query}`, key)
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/csv',
    'content-length': '2',
    'content-disposition': 'attachment; filename="requests.csv"',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  expect(await response.text()).toBe('id')
  expect(host.app.calls.at(-1)).toEqual({
    procedure: 'exports.make',
    input: { format: 'csv', q: 'tokens:>5', from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', bodies: true },
  })
})

test('hours and switches are read from text', async () => {
  await (await host.get('/dashboard/api/export?format=parquet&hours=1.5&bodies=0&errorsOnly=true', key)).text()
  expect(host.app.calls.at(-1)?.input).toEqual({ format: 'parquet', hours: 1.5, bodies: false, errorsOnly: true })
})

test('columns and redaction are read from text', async () => {
  await (await host.get('/dashboard/api/export?format=csv&columns=id,costUsd&redact=1&bodies=1', key)).text()
  expect(host.app.calls.at(-1)?.input).toEqual({
    format: 'csv',
    columns: ['id', 'costUsd'],
    bodies: true,
    redaction: { secrets: true, mail: true, homePaths: true, patterns: [] },
  })
  await (await host.get('/dashboard/api/export?format=csv&redact=0', key)).text()
  expect(host.app.calls.at(-1)?.input).toEqual({ format: 'csv' })
})

test.each([
  ['', 'format'],
  ['format=csv&columns=id,nothing', 'columns'],
  ['format=xml', 'format'],
  ['format=csv&hours=-1', 'hours'],
  ['format=csv&hours=many', 'hours'],
  ['format=csv&bodies=perhaps', 'bodies'],
  ['format=csv&from=yesterday', 'from'],
])('"%s" is refused with a sentence that names the field', async (query, field) => {
  const response = await host.get(`/dashboard/api/export?${query}`, key)
  expect(response.status).toBe(400)
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  expect(error.code).toBe('invalid-input')
  expect(error.message).toContain(field)
})

test('a finished export is for who has signed in, and an unknown one is not found', async () => {
  expect((await host.get(exportedFile.path)).status).toBe(401)
  expect((await host.get('/dashboard/api/export?format=csv')).status).toBe(401)
  const response = await host.get(exportedFile.path, key)
  expect(response.headers.get('content-disposition')).toContain('attachment')
  expect(await response.text()).toBe('id')
  expect((await host.get('/dashboard/api/exports/..%2f..%2fsettings.json', key)).status).toBe(404)
  expect(
    (
      await host.send({
        method: 'HEAD',
        path: '/dashboard/api/export?format=csv',
        headers: { ...key, Host: new URL(host.origin).host },
      })
    ).status,
  ).toBe(405)
})
