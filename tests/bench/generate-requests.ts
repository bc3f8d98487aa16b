import { once } from 'node:events'
import { from as copyFrom } from 'pg-copy-streams'
import { Client } from 'pg'
import { briefTable } from '../fakes/brief-table'

export interface Dataset {
  rows: number
  lastDayRows: number
  days: number
  /** Where the rows end, in ms. */
  endMs: number
}

const domains = Array.from({ length: 20 }, (_, index) => `team-${String(index + 1).padStart(2, '0')}.example.com`)
/** With the share of the requests that each has. */
const models: [string, number][] = [
  ['claude-sonnet-4-5-20250929', 0.34],
  ['claude-haiku-4-5-20251001', 0.22],
  ['claude-opus-4-5-20251101', 0.14],
  ['claude-sonnet-4-20250514', 0.11],
  ['claude-3-7-sonnet-20250219', 0.08],
  ['claude-3-5-haiku-20241022', 0.06],
  ['claude-opus-4-1-20250805', 0.04],
  ['claude-3-haiku-20240307', 0.01],
]

/** A small generator with a long enough period (mulberry32): the same rows from the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Index of the first cumulative share above a random number. */
function createPick(shares: number[], random: () => number): () => number {
  const total = shares.reduce((sum, share) => sum + share, 0)
  let reached = 0
  const bounds = shares.map((share) => (reached += share / total))
  return () => {
    const at = random()
    const found = bounds.findIndex((bound) => at < bound)
    return found === -1 ? shares.length - 1 : found
  }
}

/**
 * Makes the brief's table with its indexes and fills it: days and hours of different weight, domains by Zipf, token
 * counts and times by log-normal distributions, two in a hundred answers missing, small bodies. In the order of time,
 * as a proxy writes.
 */
export async function generateRequests(url: string, dataset: Dataset): Promise<void> {
  const client = new Client(url)
  await client.connect()
  try {
    const [table, ...indexes] = briefTable.split(/(?=CREATE INDEX)/)
    await client.query(table!)
    const copy = client.query(copyFrom('COPY requests FROM STDIN'))
    const done = once(copy, 'finish')
    for (const block of textBlocks(dataset)) if (!copy.write(block)) await once(copy, 'drain')
    copy.end()
    await done
    for (const index of indexes) await client.query(index)
    await client.query('VACUUM ANALYZE requests')
  } finally {
    await client.end()
  }
}

function* textBlocks({ rows, lastDayRows, days, endMs }: Dataset): Generator<string> {
  const random = createRandom(20_260_101)
  const pickDomain = createPick(
    domains.map((_, index) => 1 / (index + 1)),
    random,
  )
  const pickModel = createPick(
    models.map(([, share]) => share),
    random,
  )
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const logNormal = (median: number, spread: number) => Math.round(median * Math.exp(spread * gauss()))
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0')

  const hours = days * 24
  const startMs = endMs - hours * 3_600_000
  const weights = Array.from({ length: hours }, (_, hour) => hourWeight(startMs + hour * 3_600_000))
  const share = (from: number, to: number, count: number) => {
    const total = weights.slice(from, to).reduce((sum, weight) => sum + weight, 0)
    let given = 0
    return weights.slice(from, to).map((weight, index, all) => {
      const due = index === all.length - 1 ? count - given : Math.round((weight / total) * count)
      given += due
      return due
    })
  }
  const counts = [...share(0, hours - 24, rows - lastDayRows), ...share(hours - 24, hours, lastDayRows)]

  let lines: string[] = []
  for (const [hour, count] of counts.entries()) {
    for (let index = 0; index < count; index++) {
      const us = Math.floor(((index + random()) / count) * 3_600_000_000)
      const ms = startMs + hour * 3_600_000 + Math.floor(us / 1000)
      const timestamp = `${new Date(ms).toISOString().slice(0, 23)}${String(us % 1000).padStart(3, '0')}+00`
      const model = models[pickModel()]![0]
      const inputTokens = logNormal(1200, 1.2)
      const outputTokens = logNormal(350, 1)
      const isAnswered = random() > 0.02
      const usage = `{"input_tokens": ${inputTokens}, "output_tokens": ${outputTokens}, "cache_read_input_tokens": ${logNormal(900, 1)}}`
      const answer = `{"type": "message", "content": [{"type": "text", "text": "Answer ${hex(8)}"}], "stop_reason": "end_turn", "usage": ${usage}}`
      lines.push(
        [
          `${hex(8)}-${hex(4)}-4${hex(3)}-9${hex(3)}-${hex(12)}`,
          timestamp,
          domains[pickDomain()],
          model,
          inputTokens,
          isAnswered ? outputTokens : '\\N',
          `{"model": "${model}", "messages": [{"role": "user", "content": "Question ${hex(8)}"}]}`,
          isAnswered ? answer : '\\N',
          logNormal(600, 0.5) + outputTokens * 12,
          random() < 0.7 ? 't' : 'f',
          random() < 0.9 ? 'inference' : 'query_evaluation',
        ].join('\t'),
      )
      if (lines.length < 2000) continue
      yield `${lines.join('\n')}\n`
      lines = []
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`
}

/** Busier by day than by night, and at the weekend less. */
function hourWeight(ms: number): number {
  const date = new Date(ms)
  const isWeekend = date.getUTCDay() % 6 === 0
  return (1 + 0.8 * Math.sin(((date.getUTCHours() - 8) / 24) * 2 * Math.PI)) * (isWeekend ? 0.5 : 1)
}
