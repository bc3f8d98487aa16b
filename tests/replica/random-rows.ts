import * as fc from '../fakes/seeded-check'
import { runSql } from '../fakes/test-postgres'

/** One row of the source with every column but its id and request body; anything may be null. */
export interface RandomRow {
  domain: string | null
  model: string | null
  input: number | null
  output: number | null
  response: string | null
  timeMs: number | null
  stream: boolean | null
  type: string | null
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5, nil: null })
const figure = fc.oneof(
  { weight: 3, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 200_001) },
)

const usage = fc.record(
  {
    input_tokens: figure,
    output_tokens: figure,
    cache_read_input_tokens: figure,
    cache_creation_input_tokens: figure,
  },
  { requiredKeys: [] },
)
const call = fc.constantFrom('Bash', 'Read', 'mcp__search').map((name) => ({ type: 'tool_use', name, input: {} }))
const message = fc.record(
  {
    type: fc.constant('message'),
    content: fc.array(call, { maxLength: 3 }),
    stop_reason: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', null),
    usage,
  },
  { requiredKeys: ['type', 'content', 'usage'] },
)
const response = fc.oneof(
  { weight: 4, arbitrary: message },
  { weight: 1, arbitrary: fc.constant({ type: 'message', content: [{ type: 'text', text: 'no usage' }] }) },
  { weight: 1, arbitrary: fc.constant({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } }) },
)

export const randomRow: fc.Arbitrary<RandomRow> = fc.record({
  domain: maybe(fc.constantFrom('acme.com', 'globex.io', 'tëam.example', '')),
  model: maybe(fc.constantFrom('claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001', 'an-unknown-model')),
  input: maybe(figure),
  output: maybe(figure),
  response: maybe(response.map((body) => JSON.stringify(body))),
  timeMs: maybe(fc.nat(60_000)),
  stream: maybe(fc.boolean()),
  type: maybe(fc.constantFrom('inference', 'query_evaluation')),
})

/** Inserts rows at `now - agoMs`, each a moment apart. */
export async function insertRandomRows(url: string, rows: { row: RandomRow; agoMs: number }[]): Promise<void> {
  await runSql(
    url,
    `INSERT INTO requests SELECT gen_random_uuid(), now() - make_interval(secs => (r ->> 'agoMs')::float8 / 1000), r ->> 'domain',
      r ->> 'model', (r ->> 'input')::int, (r ->> 'output')::int, '{"messages":[{"role":"user","content":"hello"}]}',
      (r ->> 'response')::jsonb, (r ->> 'timeMs')::int, (r ->> 'stream')::boolean, r ->> 'type'
    FROM jsonb_array_elements($1::jsonb) AS r`,
    [JSON.stringify(rows.map(({ row, agoMs }) => ({ ...row, agoMs })))],
  )
}

/** Tells of a failure by its seed and error; the random values themselves fill pages. */
export function tellSeed<T>(outcome: fc.RunDetails<T>): void {
  if (!outcome.failed) return
  const { seed, counterexamplePath } = outcome
  throw new Error(`Failed with ${JSON.stringify({ seed, path: counterexamplePath })}`, { cause: outcome.errorInstance })
}
