import * as fc from '../fakes/seeded-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countTools } from '../../src-main/core/bodies/count-tools'
import { parseJson } from '../../src-main/core/bodies/json-values'
import { readResponseBody } from '../../src-main/core/bodies/read-response-body'
import type { Source } from '../../src-main/core/ports'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { apiMessage, wholeShapes } from '../core/bodies/stored-shapes'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { briefTable, log } from './fixtures'

/*
 * Which tools an answer called, in every shape in which it may be stored.
 */

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const call = (name: unknown, type = 'tool_use') => ({ type, id: 'toolu_1', name, input: { path: 'x'.repeat(500) } })
const message = apiMessage([
  { type: 'text', text: 'Let me look.' },
  call('Read'),
  call('web_search', 'server_tool_use'),
  call('Read'),
  { ...call('find', 'mcp_tool_use'), server_name: 'docs' },
])
const called = [
  { name: 'Read', calls: 2 },
  { name: 'web_search', calls: 1 },
  { name: 'find', calls: 1 },
]

const odd: [string, unknown, { name: string; calls: number }[]][] = [
  [
    'a flattened stream',
    { type: 'message', content: 'Hi', tool_calls: [{ name: 'Bash', id: 'x', input: '{}' }, { name: 'Bash' }, 'Bash'] },
    [{ name: 'Bash', calls: 2 }],
  ],
  ['a flattened stream without a call', { content: 'Hi', tool_calls: null }, []],
  ['calls without a name', { type: 'message', content: [call(undefined), call(null)] }, [{ name: '', calls: 2 }]],
  ['blocks that only look like calls', { type: 'message', content: [call(7), [call('a')], 'tool_use', null] }, []],
  ['calls within the result of another', { content: [{ type: 'mcp_tool_result', content: [call('inner')] }] }, []],
  ['an error', { type: 'error', error: { type: 'api_error', message: 'x' } }, []],
  ['a name without end', { content: [call('n'.repeat(5000))] }, [{ name: 'n'.repeat(200), calls: 1 }]],
]

let server: TestPostgres
let source: Source
let url: string

beforeAll(async () => {
  server = await startTestPostgres()
  url = await server.createDatabase('tools', briefTable)
  source = createPostgresSource({ databaseUrl: url, log })
})
afterAll(async () => {
  await source?.close()
  await server?.stop()
})

async function toolsOf(answers: string[]) {
  await runSql(url, 'TRUNCATE requests')
  await runSql(
    url,
    `INSERT INTO requests (request_id, timestamp, response_body)
      SELECT ids.id, now(), bodies.body::jsonb FROM unnest($1::uuid[]) WITH ORDINALITY AS ids(id, n)
      JOIN unnest($2::text[]) WITH ORDINALITY AS bodies(body, n) USING (n)`,
    [answers.map((_, n) => id(n)), answers],
  )
  const read = await source.readUsage(answers.map((_, n) => id(n)))
  const toolsById = new Map(read.map(({ id, tools }) => [id, tools]))
  return answers.map((_, n) => toolsById.get(id(n)))
}

test('each stored shape of one answer gives its tools in the order of their first call', async () => {
  // Stream text is no JSON: a jsonb holds it as a string.
  const answers = wholeShapes
    .map(([, , store]) => store(message))
    .map((text) => (parseJson(text).ok ? text : JSON.stringify(text)))
  expect(await toolsOf(answers)).toEqual(answers.map(() => called))
})

test('odd answers give the calls that are in them', async () => {
  expect(await toolsOf(odd.map(([, answer]) => JSON.stringify(answer)))).toEqual(odd.map(([, , tools]) => tools))
})

const scrap = fc.oneof(
  fc.constantFrom('Read', '', 'naïve "x"', null, undefined, 5),
  fc.string(),
  fc.dictionary(fc.string(), fc.integer()),
)
const block = fc.oneof(
  fc.record({
    type: fc.constantFrom('tool_use', 'server_tool_use', 'mcp_tool_use', 'text', 'thinking', 'tool_use_2', null),
    name: scrap,
    id: scrap,
    server_name: scrap,
    input: scrap,
    text: scrap,
  }),
  scrap,
)
const answer = fc.record(
  {
    type: fc.constantFrom('message', 'error', null),
    content: fc.oneof(fc.array(block), fc.string(), fc.constant(null), fc.integer()),
    tool_calls: fc.oneof(fc.array(block), fc.constant(null)),
    error: fc.constantFrom(null, 'x', { type: 'api_error' }),
    stop_reason: fc.constantFrom('tool_use', null),
  },
  { requiredKeys: [] },
)

test('what the server counts is what the reader of bodies counts, whatever the answer holds', async () => {
  const rounds = Number(process.env.NEXUS_TEST_ROUNDS ?? 400)
  // A NUL cannot be in a jsonb, so no writer has stored one.
  const answers = fc.sample(answer, rounds).map((one) => JSON.stringify(one).replaceAll(String.raw`\u0000`, ''))
  for (let start = 0; start < answers.length; start += 400) {
    const part = answers.slice(start, start + 400)
    const expected = part.map((body) => countTools(readResponseBody(body).answer.message?.blocks ?? []))
    expect(await toolsOf(part)).toEqual(expected)
  }
})
