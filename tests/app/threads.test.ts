import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../src-main/app/app'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import { thread as threadSchema, turn as turnSchema, type Thread } from '../../src-main/contract/threads'
import { assistant, text, user, type Turn } from '../core/threads/told-conversation'
import { apiMessage } from '../core/bodies/stored-shapes'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { eventually } from '../fakes/eventually'

const capabilities = {
  canManageConnections: true,
  canOpenExternal: false,
  canNotify: false,
  hasTray: false,
  canSignOut: false,
  canUpdate: false,
}
const context = { signal: undefined }
const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`
const startMs = Date.now() - 40 * 60_000
const answers = ['The parser fails on its second test, as far as one can see.', 'It is fixed, and all tests pass now.']
const begin = [user('Why does the parser fail?')]
const second = [...begin, assistant(answers[0]!), user('Then fix it')]
const third = [...second, assistant(answers[1]!), user('Thank you')]

let postgres: TestPostgres
let databaseUrl: string
let app: App

interface Row {
  n: number
  minute: number
  messages: Turn[]
  answer: string
  usage: { read: number; write: number }
  system?: string
  domain?: string
  model?: string
}

async function insert({ n, minute, messages, answer, usage, system = 'You help.', ...row }: Row): Promise<void> {
  const { domain = 'acme.com', model = 'claude-opus-4-5' } = row
  const tokens = {
    input_tokens: 100,
    output_tokens: 50,
    cache_read_input_tokens: usage.read,
    cache_creation_input_tokens: usage.write,
    cache_creation: { ephemeral_5m_input_tokens: usage.write, ephemeral_1h_input_tokens: 0 },
  }
  await runSql(
    databaseUrl,
    `INSERT INTO requests VALUES ($1, to_timestamp($2::float8 / 1000), $3, $4, 100, 50, $5, $6, 2000, true, 'inference')`,
    [
      id(n),
      startMs + minute * 60_000,
      domain,
      model,
      JSON.stringify({ model, system, messages }),
      JSON.stringify(apiMessage([text(answer)], { usage: tokens })),
    ],
  )
}

async function completeThread(n: number): Promise<Thread> {
  return eventually(async () => {
    const thread = await app.api.conversations.thread({ id: id(n) }, context)
    expect(thread.complete).toBe(true)
    const { items } = await app.api.conversations.list({ domain: 'acme.com' }, context)
    expect(items.every(({ cacheReadTokens }) => cacheReadTokens !== null)).toBe(true)
    return threadSchema.parse(thread)
  })
}

beforeAll(async () => {
  postgres = await startTestPostgres()
  databaseUrl = await postgres.createDatabase('conversations', briefTable)
  await insert({ n: 1, minute: 0, messages: begin, answer: answers[0]!, usage: { read: 0, write: 8000 } })
  await insert({ n: 2, minute: 1, messages: second, answer: answers[1]!, usage: { read: 8000, write: 200 } })
  await insert({ n: 3, minute: 20, messages: third, answer: 'Gladly.', usage: { read: 0, write: 8400 } })
  await insert({ n: 4, minute: 21, messages: third, answer: 'Gladly!', usage: { read: 8400, write: 0 } })
  const other = { messages: begin, answer: answers[0]!, usage: { read: 0, write: 0 } }
  await insert({ n: 5, minute: 2, ...other, domain: 'other.com' })
  await insert({ n: 6, minute: 15, ...other, messages: [user('Hello')], model: 'unknown-model-9' })
  app = await openApp()
  await eventually(async () => expect((await app.api.conversations.list({}, context)).total).toBe(6))
})
afterAll(async () => {
  await app?.close()
  await postgres?.stop()
})

const dataDirectory = mkdtempSync(join(tmpdir(), 'nexus-threads-'))

function openApp(): Promise<App> {
  return buildApp({
    environment: readEnvironment({ DATABASE_URL: databaseUrl, NEXUS_DATA_DIR: dataDirectory }),
    host: { name: 'test', version: '0', capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: false,
    log: createFileLog({ directory: dataDirectory }),
  })
}

describe('the conversation of a request', () => {
  test('is joined from any of its requests, in reading order, with why each stands there', async () => {
    const thread = await completeThread(3)
    expect(thread.conversationId).toBe(id(1))
    expect(
      thread.requests.map(({ row, parentId, kind, turn, depth, gapMs }) => [
        row.id,
        parentId,
        kind,
        turn,
        depth,
        gapMs,
      ]),
    ).toEqual([
      [id(1), null, 'start', 1, 0, null],
      [id(2), id(1), 'turn', 2, 0, 58_000],
      [id(3), id(2), 'turn', 3, 0, 19 * 60_000 - 2000],
      [id(4), id(2), 'retry', 3, 1, 58_000],
    ])
    expect(thread.requests[1]).toMatchObject({ reason: 'answer-continued', confidence: 'high', branch: 'main' })
    expect((await completeThread(1)).requests).toEqual(thread.requests)
  })

  test('adds up to the sums of its rows, and counts apart what has no price', async () => {
    const { totals, requests } = await completeThread(2)
    const cents = requests.reduce((sum, { row }) => sum + Math.round((row.costUsd ?? 0) * 1e9), 0)
    expect(Math.round(totals.costUsd * 1e9)).toBe(cents)
    expect(totals).toMatchObject({
      requests: 4,
      inputTokens: 400,
      outputTokens: 200,
      cacheReadTokens: 16_400,
      cacheWriteTokens: 16_600,
      unpriced: 0,
    })
    expect((await completeThread(6)).totals).toMatchObject({ requests: 1, costUsd: 0, unpriced: 1 })
  })

  test('stays apart from the same words of another customer', async () => {
    const thread = await app.api.conversations.thread({ id: id(5) }, context)
    expect(thread.requests.map(({ row }) => row.id)).toEqual([id(5)])
  })

  test('stands in the rows of a list', async () => {
    await completeThread(3)
    const { items } = await app.api.conversations.list({ domain: 'acme.com' }, context)
    expect(items.map((row) => [row.id, row.conversationId, row.turn])).toEqual([
      [id(4), id(1), 3],
      [id(3), id(1), 3],
      [id(6), id(6), 1],
      [id(2), id(1), 2],
      [id(1), id(1), 1],
    ])
  })

  test('is nobody for an id that nobody knows', async () => {
    await expect(app.api.conversations.thread({ id: id(9) }, context)).rejects.toMatchObject({
      code: 'request-not-found',
    })
  })
})

describe('what the user sets by hand', () => {
  const links = () => app.api.links
  const conversationOf = async (n: number): Promise<string> =>
    (await app.api.conversations.thread({ id: id(n) }, context)).conversationId

  test('splits a conversation at a request, is told, and is taken back', async () => {
    const before = await completeThread(3)
    const split = await links().split({ id: id(3) }, context)
    expect(split).toMatchObject({ requestId: id(3), toRequestId: null })
    const after = await completeThread(3)
    expect(after.requests.map(({ row, kind, reason }) => [row.id, kind, reason])).toEqual([
      [id(3), 'start', 'by-hand'],
      [id(4), 'retry', 'messages-identical'],
    ])
    expect((await completeThread(1)).totals.requests).toBe(2)
    const { items } = await app.api.conversations.list({ domain: 'acme.com' }, context)
    expect(items.map(({ conversationId }) => conversationId)).toEqual([id(3), id(3), id(6), id(1), id(1)])
    expect(await links().list(undefined, context)).toEqual([split])
    expect(await links().remove({ id: split.id }, context)).toEqual([])
    expect(await completeThread(3)).toEqual(before)
  })

  test('joins a request to another conversation; of several about one request the newest holds', async () => {
    const first = await links().join({ id: id(3), toId: id(6) }, context)
    expect([await conversationOf(3), await conversationOf(4)]).toEqual([id(6), id(6)])
    const second = await links().split({ id: id(3) }, context)
    expect(await conversationOf(3)).toBe(id(3))
    expect((await links().remove({ id: second.id }, context)).map((link) => link.id)).toEqual([first.id])
    expect(await conversationOf(3)).toBe(id(6))
    await links().remove({ id: first.id }, context)
    expect(await conversationOf(3)).toBe(id(1))
  })

  test('is refused where it would change nothing, across domains, and for nobody', async () => {
    await expect(links().split({ id: id(1) }, context)).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(links().join({ id: id(3), toId: id(1) }, context)).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(links().join({ id: id(3), toId: id(5) }, context)).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(links().split({ id: id(9) }, context)).rejects.toMatchObject({ code: 'request-not-found' })
    expect(await links().list(undefined, context)).toEqual([])
  })

  test('holds after a start, also where it was written while the links of before were kept', async () => {
    const split = await links().split({ id: id(2) }, context)
    await app.close()
    app = await openApp()
    await eventually(async () => expect(await conversationOf(3)).toBe(id(2)))
    await app.close()
    writeFileSync(join(dataDirectory, 'conversation-links.json'), '{}')
    app = await openApp()
    await eventually(async () => expect(await conversationOf(3)).toBe(id(1)))
    expect(await links().remove({ id: split.id }, context)).toEqual([])
  })
})

describe('a turn of a conversation', () => {
  test('tells what it added and why it missed the cache', async () => {
    await completeThread(3)
    const turn = turnSchema.parse(await app.api.conversations.turn({ id: id(3) }, context))
    expect(turn).toMatchObject({
      parentId: id(2),
      diff: {
        system: 'same',
        keptMessages: 3,
        messages: [
          { change: 'added', role: 'assistant', isParentAnswer: true },
          { change: 'added', role: 'user', isParentAnswer: false },
        ],
      },
      // 8,200 tokens at 6.25 a million instead of 0.50.
      cacheMiss: { reasons: ['pause-too-long'], pauseMs: 19 * 60_000, missedTokens: 8200, lostUsd: 0.04715 },
    })
  })

  test('has missed nothing where it read what was there, and has no diff where it begins', async () => {
    await completeThread(3)
    expect(await app.api.conversations.turn({ id: id(2) }, context)).toMatchObject({
      diff: { keptMessages: 1 },
      cacheMiss: null,
    })
    expect(await app.api.conversations.turn({ id: id(1) }, context)).toEqual({
      id: id(1),
      parentId: null,
      diff: null,
      cacheMiss: null,
    })
  })
})

describe('an annotation', () => {
  test('names the conversation that its request is joined to, and every change is an event', async () => {
    await completeThread(3)
    let told = 0
    const stop = app.onEvent((event) => event.type === 'annotations' && told++)
    const target = { requestId: id(3), message: null }
    await app.api.annotations.set({ target, isPinned: true }, context)
    expect(await app.api.annotations.list(undefined, context)).toMatchObject([{ target, conversationId: id(1) }])
    expect(await app.api.annotations.remove({ target }, context)).toMatchObject({ target, isPinned: true })
    expect(await app.api.annotations.list(undefined, context)).toEqual([])
    expect(told).toBe(2)
    stop()
  })
})

describe('a transcript', () => {
  const redaction = { secrets: true, mail: true, homePaths: true, patterns: ['parser'] }
  const input = { id: id(3), extent: 'conversation', format: 'json', redaction } as const

  test('holds every message of the conversation once, without what is taken out', async () => {
    await completeThread(3)
    const preview = await app.api.transcripts.preview(input, context)
    expect(preview).toMatchObject({ requests: 4, removed: [{ kind: 'own', text: 'parser' }] })
    const file = await app.api.transcripts.make(input, context)
    expect(file.text.length).toBe(preview.length)
    expect(file.name).toMatch(/^conversation-00000000-\d{4}-\d\d-\d\d\.json$/)
    const count = (text: string) => file.text.split(text).length - 1
    expect(['Then fix it', 'Thank you', 'It is fixed', 'Why does the [removed] fail', 'parser'].map(count)).toEqual([
      1, 1, 1, 1, 0,
    ])
  })

  test('of one request holds all of its messages, as a page that allows its own style alone', async () => {
    const file = await app.api.transcripts.make({ ...input, extent: 'request', format: 'html' }, context)
    expect(file.text).toContain('Then fix it')
    const style = /<style>([\s\S]*?)<\/style>/.exec(file.text)?.[1] ?? ''
    expect(file.text).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  })

  test('refuses a pattern that could take forever', async () => {
    const patterns = ['(a+)+$']
    await expect(
      app.api.transcripts.preview({ ...input, redaction: { ...redaction, patterns } }, context),
    ).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
