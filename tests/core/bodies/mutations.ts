import * as fc from '../../fakes/seeded-check'
import { apiMessage, wholeShapes } from './stored-shapes'
import { wireBlocks } from './wire-blocks'

const request = {
  model: 'claude-opus-5',
  system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
  tools: [{ name: 'Read', input_schema: { type: 'object' } }],
  metadata: { user_id: 'user_a_account_b_session_01234567' },
  messages: wireBlocks.slice(0, 14).map(({ wire }) => ({ role: 'user', content: [wire] })),
}
const message = apiMessage(
  ['text with citations', 'thinking', 'tool use', 'web search that failed'].map(
    (name) => wireBlocks.find((block) => block.name === name)?.wire,
  ),
)
/** Bodies of both kinds in every stored shape. */
export const seeds = [
  JSON.stringify(request),
  JSON.stringify(JSON.stringify(request)),
  ...wholeShapes.map(([, , store]) => store(message)),
  JSON.stringify({ content: 'text', tool_calls: [{ name: 'Read', id: 't', input: '{"a":1}' }], usage: {} }),
  JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'x' }, request_id: 'r' }),
  JSON.stringify({ error: 'text' }),
]

const scraps = [
  '"',
  '{',
  ']',
  ',',
  ':',
  '\\',
  '\n',
  'null',
  '1e999',
  '\\ud800',
  '\u0000',
  'data:',
  'event: ',
  '"type":',
  '__proto__',
]

/** Cuts, copies and puts scraps into a text. */
export const damage = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(40),
    kind: fc.constantFrom('cut', 'copy', 'put', 'end' as const),
    scrap: fc.constantFrom(...scraps),
  }),
  { minLength: 1, maxLength: 4 },
)

export function damaged(text: string, marks: typeof damage extends fc.Arbitrary<infer T> ? T : never): string {
  return marks.reduce((result, { at, length, kind, scrap }) => {
    const start = Math.floor(at * result.length)
    const [head, piece, tail] = [
      result.slice(0, start),
      result.slice(start, start + length),
      result.slice(start + length),
    ]
    if (kind === 'cut') return head + tail
    if (kind === 'copy') return head + piece + piece + tail
    return kind === 'put' ? head + scrap + piece + tail : head + piece
  }, text)
}

const jsonSeeds: unknown[] = seeds
  .filter((seed) => /^[[{]/.test(seed) && !seed.includes('\n'))
  .map((seed) => JSON.parse(seed))

/** The text of a body with strange values in any place of its JSON. */
export const distortion = fc
  .tuple(
    fc.constantFrom(...jsonSeeds),
    fc.array(fc.nat(120), { minLength: 1, maxLength: 4 }),
    fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 4 }),
  )
  .map(([seed, places, strange]) => JSON.stringify(distorted(seed, places, strange)))

/** Puts strange values in the place of some of a JSON value. */
function distorted(json: unknown, places: number[], strange: unknown[]): unknown {
  let left = 0
  const walk = (value: unknown): unknown => {
    const hit = places.indexOf(left++)
    if (hit >= 0) return strange[hit % strange.length]
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(json)
}
