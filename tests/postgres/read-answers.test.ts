import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestUsage, Source } from '../../src-main/core/ports'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { briefTable, log } from './fixtures'

/*
 * Every shape in which a stored answer may hide its usage, and bodies of every size.
 */

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const usage = { input_tokens: 11, output_tokens: 22, cache_read_input_tokens: 33 }
const message = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  usage,
}
const events = [
  {
    type: 'message_start',
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 22 } },
  { type: 'message_stop' },
]
const eventText = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
const found = { inputTokens: 11, outputTokens: 22, cacheReadTokens: 33, stopReason: 'end_turn', isError: false }

const answers: [string, unknown, Partial<RequestUsage>][] = [
  ['the API message', message, found],
  ['a flattened stream', { ...message, content: 'Hi', tool_calls: [{ name: 'Bash', id: 'x', input: '{}' }] }, found],
  ['a text alone', { content: 'Hi' }, { inputTokens: null, stopReason: null, isError: false }],
  ['an error text', { error: 'upstream gone' }, { inputTokens: null, isError: true }],
  ['an API error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, { isError: true }],
  ['JSON in a JSON string', JSON.stringify(message), found],
  ['stream text in a string', eventText, found],
  ['a list of events', events, found],
  ['chunks', { chunks: events.map((event) => `data: ${JSON.stringify(event)}\n\n`) }, found],
  [
    'an error with a status beside usage',
    { ...message, error: { type: 'api_error', message: 'x' } },
    { isError: true },
  ],
]

const words = (n: number) => Array.from({ length: n }, (_, i) => `word${(i * 7919) % 10007}`).join(' ')
const requests: [string, unknown, string][] = [
  ['a small body', { messages: [{ role: 'user', content: 'Short' }] }, 'Short'],
  [
    'a large body',
    {
      messages: [
        { role: 'user', content: words(20_000) },
        { role: 'user', content: [{ type: 'text', text: 'Last' }] },
      ],
    },
    'Last',
  ],
  [
    'a large body that ends in tool results',
    {
      messages: [
        { role: 'user', content: 'Fix the build' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: words(9000) } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: words(9000) }] },
        { role: 'user', content: [{ type: 'text', text: '<system-reminder>Be nice</system-reminder>' }] },
        { role: 'assistant', content: null },
      ],
    },
    'Fix the build',
  ],
  ['a large body without messages', { prompt: words(20_000) }, ''],
  [
    'a large body with odd messages',
    { messages: [words(20_000), null, 5, { role: 'user' }, { role: 'user', content: { a: 1 } }] },
    '',
  ],
  [
    'a large body as JSON in a string',
    JSON.stringify({ messages: [{ role: 'user', content: `End ${words(20_000)}` }] }),
    'End word0',
  ],
]

let server: TestPostgres
let source: Source
let url: string

beforeAll(async () => {
  server = await startTestPostgres()
  url = await server.createDatabase(
    'answers',
    `${briefTable}
    CREATE TABLE streaming_chunks (request_id uuid, chunk_index int, chunk_data text, timestamp timestamptz);
    CREATE INDEX ON streaming_chunks (request_id);`,
  )
  const insert = 'INSERT INTO requests (request_id, timestamp, request_body, response_body) VALUES ($1, now(), $2, $3)'
  for (const [n, [, answer]] of answers.entries()) await runSql(url, insert, [id(n), null, JSON.stringify(answer)])
  for (const [n, [, body]] of requests.entries()) await runSql(url, insert, [id(100 + n), JSON.stringify(body), null])
  source = createPostgresSource({ databaseUrl: url, log })
})
afterAll(async () => {
  await source.close()
  await server.stop()
})

test.each(answers.map(([name, , expected], n) => [name, n, expected] as const))(
  'usage is found in %s',
  async (_, n, expected) => {
    expect(await source.readUsage([id(n)])).toEqual([expect.objectContaining({ id: id(n), ...expected })])
  },
)

test('many answers come in one call', async () => {
  const usages = await source.readUsage(answers.map((_, n) => id(n)))
  expect(usages.map((each) => each.id).toSorted()).toEqual(answers.map((_, n) => id(n)).toSorted())
})

test('answers too large to fetch together are fetched a few at a time', async () => {
  const ids = [1, 2, 3, 4, 5].map((n) => id(200 + n))
  // Random text does not compress, so that each counts with its full size.
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, response_body)
      SELECT unnest($1::uuid[]), now(), to_jsonb($2 || (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 40000) n))`,
    [ids, `${eventText}event: ping\ndata: {"type":"ping"}\n\n: `],
  )
  const usages = await source.readUsage(ids)
  expect(usages).toHaveLength(5)
  for (const each of usages) expect(each).toMatchObject(found)
})

test.each(requests.map(([name, , expected], n) => [name, n, expected] as const))(
  'the preview of %s is the last words of the user',
  async (_, n, expected) => {
    const preview = (await source.readPreviews([id(100 + n)])).get(id(100 + n))
    expect(preview?.slice(0, Math.max(1, expected.length))).toBe(expected)
    expect(preview!.length).toBeLessThanOrEqual(200)
  },
)

test('an answer that was stored piece by piece is put together in order', async () => {
  const answered = id(300)
  const running = id(301)
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, output_tokens) VALUES ($1, now(), 22), ($2, now(), NULL)`,
    [answered, running],
  )
  for (const [index, event] of [...events.entries()].toReversed()) {
    await runSql(url, 'INSERT INTO streaming_chunks VALUES ($1, $2, $3, now())', [
      answered,
      index,
      `data: ${JSON.stringify(event)}`,
    ])
  }
  await runSql(url, 'INSERT INTO streaming_chunks VALUES ($1, 0, $2, now())', [
    running,
    `data: ${JSON.stringify(events[0])}`,
  ])

  expect(await source.readUsage([answered, running])).toEqual([expect.objectContaining({ id: answered, ...found })])
  const { response } = (await source.readBodies(answered))!
  expect(JSON.parse(response!)).toEqual({ chunks: events.map((event) => `data: ${JSON.stringify(event)}`) })
})

test('a body of 5 MB is read whole', async () => {
  const text = words(800_000)
  await runSql(url, 'INSERT INTO requests (request_id, timestamp, request_body) VALUES ($1, now(), $2)', [
    id(400),
    JSON.stringify({ messages: [{ role: 'user', content: text }] }),
  ])
  const { request } = (await source.readBodies(id(400)))!
  expect((JSON.parse(request!) as { messages: { content: string }[] }).messages[0]!.content).toBe(text)
})
