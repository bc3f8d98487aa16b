import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCostsApi } from '../../src-main/app/costs-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import { costInput, costs, type Costs } from '../../src-main/contract/costs'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { isComplete, ledger, startSync, stateOf, temporaryFolder, type Running } from '../replica/replica-fixture'

/** Conversations of known cost and cache use, joined by the app itself: figures are worked out by hand. */
let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let found: Costs

const model = 'claude-opus-5'
const startMs = Date.now() - 3_600_000

interface Turn {
  domain: string
  /** What was said so far: user, assistant, user … */
  said: string[]
  answer: string
  minute: number
  tokens: { input: number; read: number; write: number; output: number }
}

const turns: Turn[] = [
  {
    domain: 'a.com',
    said: ['Where is it?'],
    answer: 'On its way.',
    minute: 0,
    tokens: { input: 10, read: 0, write: 5_000, output: 100 },
  },
  // Reads all that was left: nothing is missed.
  {
    domain: 'a.com',
    said: ['Where is it?', 'On its way.', 'And when?'],
    answer: 'Tomorrow.',
    minute: 1,
    tokens: { input: 10, read: 5_000, write: 1_000, output: 100 },
  },
  // 6,000 had been left, and it reads none of them: 6,000 of its 8,000 written tokens were paid again.
  {
    domain: 'a.com',
    said: ['Where is it?', 'On its way.', 'And when?', 'Tomorrow.', 'At what time?'],
    answer: 'At noon.',
    minute: 20,
    tokens: { input: 10, read: 0, write: 8_000, output: 100 },
  },
  {
    domain: 'b.com',
    said: ['Write a poem about rain.'],
    answer: 'It rains.',
    minute: 3,
    tokens: { input: 1_000, read: 0, write: 0, output: 200 },
  },
]

const costOf = ({ input, read, write, output }: Turn['tokens']) =>
  (input * 5 + read * 0.5 + write * 6.25 + output * 25) / 1e6

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  const url = await postgres.createDatabase('talks', briefTable)
  for (const { domain, said, answer, minute, tokens } of turns) {
    const messages = said.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }))
    const body = {
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: answer }],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        cache_read_input_tokens: tokens.read,
        cache_creation_input_tokens: tokens.write,
        cache_creation: { ephemeral_5m_input_tokens: tokens.write, ephemeral_1h_input_tokens: 0 },
      },
    }
    await runSql(
      url,
      `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body)
      VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7)`,
      [
        new Date(startMs + minute * 60_000),
        domain,
        model,
        tokens.input,
        tokens.output,
        JSON.stringify({ model, messages }),
        JSON.stringify(body),
      ],
    )
  }
  running = await startSync(folder.path, url)
  await stateOf(running.sync, isComplete)
  const workspaces = { open: () => ({ replica: running.replica }) } as unknown as Workspaces
  const teamOf = (domain: string | null) => (domain === null ? null : 'Everyone')
  const api = createCostsApi(workspaces, ledger, () => 'UTC', teamOf)
  const ask = async (input: object) => costs.parse(await api.allocation(costInput.parse(input), { signal: undefined }))
  await eventually(async () => expect((await ask({ hours: 2 })).joined.requests).toBe(turns.length))
  found = await ask({ hours: 2, rows: 'domain' })
  byTeam = await ask({ hours: 2, rows: 'team' })
  byDay = await ask({ hours: 2, rows: 'day' })
})

let byTeam: Costs
let byDay: Costs

afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

test('conversations and their cost are those that were joined, by row and for the whole', () => {
  const [a, b] = ['a.com', 'b.com'].map((domain) => found.allocation.rows.find(({ key }) => key === domain)!.joined)
  const sum = (domain: string) =>
    turns.filter((turn) => turn.domain === domain).reduce((all, { tokens }) => all + costOf(tokens), 0)
  expect(a).toMatchObject({ conversations: 1, requests: 3 })
  expect(a!.costUsd).toBeCloseTo(sum('a.com'), 12)
  expect(b).toMatchObject({ conversations: 1, requests: 1 })
  expect(b!.costUsd).toBeCloseTo(sum('b.com'), 12)
  expect(found.joined).toMatchObject({ conversations: 2, requests: 4 })
  expect(found.joined.costUsd).toBeCloseTo(sum('a.com') + sum('b.com'), 12)
  expect(byTeam.allocation.rows).toMatchObject([
    { key: 'Everyone', query: 'domain:a.com,b.com', joined: { conversations: 2, requests: 4 } },
  ])
  const requests = byDay.allocation.rows.reduce((all, row) => all + row.joined.requests, 0)
  expect(requests).toBe(turns.length)
})

test('a turn that read less than was left has lost the difference between writing and reading', () => {
  expect(found.cacheMisses).toMatchObject({ turns: 1, missedTokens: 6_000 })
  expect(found.cacheMisses.lostUsd).toBeCloseTo((6_000 * (6.25 - 0.5)) / 1e6, 12)
})
