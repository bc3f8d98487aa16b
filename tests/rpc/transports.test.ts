import { isDefinedError, safe } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src-main/core/failure'
import { createRouter } from '../../src-main/rpc/router'
import { callByName, listProcedures } from './calls'
import { canary, createFakeApp, knownId, type FakeApp } from './fake-app'
import { overHttp, overPort, type Transport } from './transports'
import { eventually } from '../fakes/eventually'

const procedures = listProcedures()

describe.each([
  { name: 'a message port', open: overPort },
  { name: 'HTTP', open: overHttp },
])('the contract over $name', ({ open }) => {
  let app: FakeApp
  let transport: Transport

  beforeEach(async () => {
    app = createFakeApp()
    transport = await open(createRouter(app.api, app.describeError))
  })
  afterEach(() => transport.close())

  test('a call gives the answer of the app', async () => {
    const page = await transport.client.conversations.list({ domain: 'acme.com', limit: 5 })
    expect(page.items.map((row) => row.id)).toEqual([knownId])
    expect(app.calls).toEqual([{ procedure: 'conversations.list', input: { domain: 'acme.com', limit: 5 } }])
  })

  test('every procedure without an input can be called, and none is missing', async () => {
    const plain = procedures.filter(({ name, inputSchema }) => !inputSchema && name !== 'workspace.events')
    expect(plain.length).toBeGreaterThan(4)
    for (const { name } of plain)
      await expect(callByName(transport.client, name, undefined), name).resolves.toBeDefined()
  })

  test('a failure crosses with its code, status, sentence and hint', async () => {
    const { error } = await safe(transport.client.conversations.get({ id: '00000000-0000-4000-8000-000000000000' }))
    expect(isDefinedError(error)).toBe(true)
    expect(error).toMatchObject({
      code: 'request-not-found',
      status: 404,
      message: 'No request has this id.',
      data: { hint: expect.stringContaining('retention') },
    })
  })

  test('a failure with its own sentence keeps it, and its technical cause stays behind', async () => {
    const failure = new Failure('database-unreachable', { message: 'db:5432 is away.', cause: new Error(canary) })
    app.failNext('usage.stats', failure)
    const { error } = await safe(transport.client.usage.stats({}))
    expect(error).toMatchObject({ code: 'database-unreachable', status: 502, message: 'db:5432 is away.' })
    expect(JSON.stringify(error)).not.toContain(canary)
  })

  test('an unknown error is masked for the caller and kept whole for the log', async () => {
    const thrown = new Error(`password=${canary} at /srv/app/db.ts SELECT 1`)
    app.failNext('usage.models', thrown)
    const { error } = await safe(transport.client.usage.models({}))
    expect(error).toMatchObject({ code: 'internal', status: 500, message: 'Something went wrong inside the app.' })
    expect(JSON.stringify(error) + String((error as Error).message)).not.toContain(canary)
    expect(app.logged).toEqual([thrown])
  })

  test('an answer that breaks the contract is the fault of the app: masked and logged', async () => {
    app.rows = [{ ...app.rows[0]!, totalTokens: 'many' as unknown as number }]
    const { error } = await safe(transport.client.conversations.list({}))
    expect(error).toMatchObject({ code: 'internal', status: 500 })
    expect(app.logged).toHaveLength(1)
  })

  test.each(procedures.filter(({ inputSchema }) => inputSchema))(
    '$name refuses an input that it does not understand, and the app never sees it',
    async ({ name }) => {
      for (const bad of [42, 'text', ['a'], null, { id: 7, url: 7, hours: 'x', ids: 'x', name: 7, theme: 'red' }]) {
        const { error } = await safe(callByName(transport.client, name, bad))
        expect(error, JSON.stringify(bad)).toMatchObject({ code: 'invalid-input', status: 400 })
        expect((error as Error).message).toMatch(/[.)]$/)
      }
      expect(app.calls).toEqual([])
    },
  )

  test.each([
    [{ hours: -1 }, /^hours: .*>0/],
    [{ hours: 5, from: '2026-01-01T00:00:00Z' }, /^Give hours or from, not both\.$/],
    [{ tz: 'Mars/Base' }, /^tz is no time zone/],
    [{ limit: 0, cursor: 7, errorsOnly: 'x', domain: 3 }, /domain: .*And 1 more\.$/],
  ])('the sentence about %j names the field', async (input, sentence) => {
    const { error } = await safe(transport.client.conversations.list(input as never))
    expect((error as Error).message).toMatch(sentence)
  })

  test('a secret in a refused input is not repeated', async () => {
    const draft = { name: '', colour: 'indigo', databaseUrl: '', apiKey: { canary } }
    const { error } = await safe(callByName(transport.client, 'connections.save', draft))
    expect(error).toMatchObject({ code: 'invalid-input' })
    expect((error as Error).message).not.toContain(canary)
  })

  test('an aborted call is aborted in the app too', async () => {
    app.failNext('slow', true)
    const abort = new AbortController()
    const call = safe(transport.client.workspace.syncNow(undefined, { signal: abort.signal }))
    await eventually(() => expect(app.calls).toHaveLength(1))
    abort.abort()
    expect((await call).error).toBeInstanceOf(Error)
    await eventually(() => expect(app.calls.at(-1)?.procedure).toBe('workspace.syncNow aborted'))
    expect(app.logged).toEqual([])
  })

  test('a stream gives the state first, then what happens, and ends in the app when its reader leaves', async () => {
    const seen: string[] = []
    for await (const event of await transport.client.workspace.events()) {
      seen.push(event.type === 'data' ? event.newIds.join() : event.type)
      if (seen.length === 3) break
      app.emit({ type: 'data', asOf: '2026-11-23T14:00:00.000Z', newIds: [`n${seen.length}`], changedRows: 1 })
    }
    expect(seen).toEqual(['workspace', 'n1', 'n2'])
    await eventually(() => expect(app.openStreams()).toBe(0))
  })

  test('a stream ends in the app when the page goes away', async () => {
    const stream = await transport.client.workspace.events()
    await stream.next()
    expect(app.openStreams()).toBe(1)
    const waiting = safe(stream.next())
    transport.leave()
    await eventually(() => expect(app.openStreams()).toBe(0))
    await waiting
  })

  test('a stream that breaks tells the code and nothing else', async () => {
    app.failNext('workspace.events', new Error(canary))
    const stream = await transport.client.workspace.events()
    await stream.next()
    const { error } = await safe(stream.next())
    expect(error).toMatchObject({ code: 'internal' })
    expect(JSON.stringify(error)).not.toContain(canary)
    expect(app.logged).toHaveLength(1)
  })

  test('many calls at once all get their own answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        transport.client.conversations.list({ domain: index % 2 ? 'acme.com' : 'x' }),
      ),
    )
    expect(answers.map((answer) => answer.total)).toEqual(answers.map((_, index) => index % 2))
  })
})
