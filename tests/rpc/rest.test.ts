import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeEach, describe, expect, test } from 'vitest'
import { errorCatalogue } from '../../src-main/contract/errors'
import { Failure } from '../../src-main/core/failure'
import { makeOpenApiDocument } from '../../src-main/rpc/open-api'
import { createRestHandler } from '../../src-main/rpc/rest'
import { restErrorBody } from '../../src-main/rpc/rest-error'
import { createRouter } from '../../src-main/rpc/router'
import { canary, createFakeApp, knownId, type FakeApp } from './fake-app'

let app: FakeApp
let get: (path: string, init?: RequestInit) => Promise<{ status: number; body: Record<string, never> }>

beforeEach(() => {
  app = createFakeApp()
  const handle = createRestHandler(createRouter(app.api, app.describeError))
  get = async (path, init) => {
    const response = await handle(new Request(`http://h/dashboard/api${path}`, init))
    return { status: response.status, body: (await response.json()) as Record<string, never> }
  }
})

test.each([
  'stats',
  'timeline',
  'models',
  'domains',
  'overview',
  'conversations',
  `conversations/${knownId}`,
  `conversations/${knownId}/thread`,
  'health',
])('GET %s answers with the JSON of the contract', async (route) => {
  const { status, body } = await get(`/${route}`)
  expect(status).toBe(200)
  expect(Object.keys(body).length).toBeGreaterThan(0)
  expect(body).not.toHaveProperty('json')
})

test('numbers and booleans of the query arrive as such, and texts that look like numbers stay texts', async () => {
  await get('/conversations?domain=123&hours=0.5&limit=20&errorsOnly=true')
  await get('/timeline?hours=720&by=model&tz=Asia/Kolkata&model=')
  expect(app.calls.map((call) => call.input)).toEqual([
    { domain: '123', hours: 0.5, limit: 20, errorsOnly: true },
    { hours: 720, by: 'model', tz: 'Asia/Kolkata', model: '' },
  ])
})

test.each([
  ['/stats?hours=abc', /^hours: /],
  ['/stats?hours=-1', /^hours: /],
  ['/stats?from=yesterday', /^from: /],
  ['/stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', /^from must lie before to/],
  ['/stats?tz=Mars', /^tz is no time zone/],
  ['/stats?domain[]=a&domain[]=b', /^domain: /],
  ['/conversations?limit=0', /^limit: /],
  ['/conversations?limit=1e9', /^limit: /],
  ['/conversations/not-an-id', /^id: /],
  ['/conversations/1%20or%201=1', /^id: /],
])('%s is 400 with a sentence that names the field', async (path, sentence) => {
  const { status, body } = await get(path)
  expect(status).toBe(400)
  const { error } = restErrorBody.parse(body)
  expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringMatching(sentence) })
  expect(app.calls).toEqual([])
})

describe('a failure', () => {
  test('has the status of its code and the body of the contract', async () => {
    const { status, body } = await get('/conversations/00000000-0000-4000-8000-000000000000')
    expect(status).toBe(404)
    expect(body).toEqual({
      error: {
        code: 'request-not-found',
        message: 'No request has this id.',
        hint: errorCatalogue['request-not-found'].hint,
      },
    })
  })

  test.each(Object.keys(errorCatalogue) as Array<keyof typeof errorCatalogue>)('%s keeps its status', async (code) => {
    app.failNext('usage.stats', new Failure(code))
    const { status, body } = await get('/stats')
    expect(status).toBe(errorCatalogue[code].status)
    expect(restErrorBody.parse(body).error.code).toBe(code)
  })

  test('that nobody foresaw is masked', async () => {
    app.failNext('usage.stats', new Error(canary))
    const { status, body } = await get('/stats')
    expect(status).toBe(500)
    expect(restErrorBody.parse(body).error.code).toBe('internal')
    expect(JSON.stringify(body)).not.toContain(canary)
  })
})

test.each(['/nothing', '/', '/__proto__', '/settings/get', '/workspace/syncNow', '/connections/list'])(
  '%s is no route: 404',
  async (path) => {
    const { status, body } = await get(path)
    expect(status).toBe(404)
    expect(restErrorBody.parse(body).error.code).toBe('not-found')
    expect(app.calls).toEqual([])
  },
)

test('a public validator accepts the OpenAPI document, and it describes every route and the error body', async () => {
  const document = await makeOpenApiDocument('1.2.3')
  const result = await new Validator().validate(structuredClone(document) as Record<string, unknown>)
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
  expect(Object.keys(document.paths ?? {}).toSorted()).toEqual([
    '/conversations',
    '/conversations/{id}',
    '/conversations/{id}/thread',
    '/domains',
    '/export',
    '/health',
    '/models',
    '/overview',
    '/stats',
    '/timeline',
    '/trends',
    '/trends/patterns',
    '/trends/response-times',
  ])
  const failure = document.components?.schemas?.['Failure']
  expect(failure).toMatchObject({
    required: ['error'],
    properties: {
      error: { required: ['code', 'message'], properties: { code: { enum: Object.keys(errorCatalogue) }, hint: {} } },
    },
  })
  for (const path of Object.values(document.paths ?? {})) {
    expect(path?.get?.summary).toBeTruthy()
    expect(Object.keys(path?.get?.responses ?? {})).toEqual(['200', 'default'])
  }
})
