/*
 * What reading and joining conversations costs: node reading.js. Started by scripts/bench.mjs; beside each figure stands
 * what JSON.parse alone takes for the same texts, which nothing that reads JSON can beat.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { startReadingWorker } from '../../src-main/app/start-reading-worker'
import { createBodyWork } from '../../src-main/core/bodies/body-work'
import { createThreadWork, type PackedRequests } from '../../src-main/replica/thread-work'
import { silentLog } from '../fakes/silent-log'
import { formatMs, table } from './measure'

const megabyte = 1_048_576
const requests = 100_000
const turnsAConversation = 20
const requestsABatch = 2000
const heading = '## Reading and joining conversations'

interface Stored {
  request: string
  response: string
}

const answerOf = (conversation: number, turn: number): string =>
  `Answer ${turn} of conversation ${conversation}: ${'the parser reads the next token and goes on. '.repeat(4)}`

/** Conversations of twenty turns that grow by two messages each. */
function* conversations(): Generator<Stored & { id: string }> {
  for (let made = 0, conversation = 0; made < requests; conversation++) {
    const messages: object[] = []
    for (let turn = 0; turn < turnsAConversation && made < requests; turn++, made++) {
      messages.push({
        role: 'user',
        content: `Question ${turn} of conversation ${conversation}. ${'Why so? '.repeat(20)}`,
      })
      const text = answerOf(conversation, turn)
      yield {
        id: `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`,
        request: JSON.stringify({ model: 'claude-opus-4-5', max_tokens: 4096, system: 'You help.', messages }),
        response: JSON.stringify({
          type: 'message',
          role: 'assistant',
          content: [{ type: 'text', text }],
          stop_reason: 'end_turn',
          usage: { input_tokens: 10, output_tokens: 50 },
        }),
      }
      messages.push({ role: 'assistant', content: [{ type: 'text', text }] })
    }
  }
}

function packed(ids: string[], prints: Uint8Array[], from: number): PackedRequests {
  let end = 0
  return {
    ids,
    timestampsUs: Float64Array.from(ids, (_, i) => (from + i) * 1_000_000),
    ends: Uint32Array.from(prints, ({ length }) => (end += length)),
    prints: Buffer.concat(prints),
  }
}

/** In this thread, batch by batch, so that each part can be told from the others. */
function measureThreads(): string[][] {
  const work = createThreadWork()
  const domain = { code: 1, name: 'bench' }
  const spent = { parse: 0, print: 0, take: 0, link: 0 }
  let characters = 0
  let mostRss = 0
  let longestMs = 0
  const timed = <Answer>(kind: keyof typeof spent, run: () => Answer): Answer => {
    const startedMs = performance.now()
    const answer = run()
    const elapsedMs = performance.now() - startedMs
    spent[kind] += elapsedMs
    if (kind === 'link') longestMs = Math.max(longestMs, elapsedMs)
    return answer
  }
  let batch: { id: string; print: Uint8Array }[] = []
  let made = 0
  let links = 0
  const ids: string[] = []
  const flush = (): void => {
    const part = packed(
      batch.map(({ id }) => id),
      batch.map(({ print }) => print),
      made,
    )
    made += batch.length
    timed('take', () => work.take(domain, part))
    for (const { id } of batch) ids.push(id)
    batch = []
    mostRss = Math.max(mostRss, process.memoryUsage().rss)
  }
  for (const { id, request, response } of conversations()) {
    characters += request.length + response.length
    timed('parse', () => [JSON.parse(request), JSON.parse(response)])
    batch.push({ id, print: timed('print', () => work.print({ request, response })).print })
    if (batch.length === requestsABatch) flush()
  }
  flush()
  for (let rest = ids; rest.length > 0;) {
    const answer = timed('link', () => work.link(1, rest, new Map(), 1000))
    links += answer.links.length
    rest = answer.rest
  }
  mostRss = Math.max(mostRss, process.memoryUsage().rss)
  const perSecond = (ms: number): string => Math.round(requests / (ms / 1000)).toLocaleString('en')
  const [last] = ids.slice(-1)
  const one = timed('link', () => {
    const startedMs = performance.now()
    work.link(1, [last!], new Map(), 1000)
    return performance.now() - startedMs
  })
  if (links !== requests) throw new Error(`${links} links for ${requests} requests`)
  const all = spent.print + spent.take + spent.link
  return [
    [
      'requests, characters of their bodies',
      `${requests.toLocaleString('en')}, ${Math.round(characters / 1e6)} million`,
    ],
    ['JSON.parse alone, rows a second (the limit)', perSecond(spent.parse)],
    ['normal form and fingerprint, rows a second', perSecond(spent.print)],
    ['joining, rows a second', perSecond(spent.take + spent.link)],
    ['all of it, rows a second', perSecond(all)],
    ['times what JSON.parse alone takes', (all / spent.parse).toFixed(1)],
    ['longest step of joining', formatMs(longestMs)],
    ['joining one new request among all of them', formatMs(one)],
    ['most memory of the process', `${Math.round(mostRss / megabyte)} MB`],
  ]
}

/** A request of about so many bytes in messages of 20 kB. */
function largeRequest(bytes: number): string {
  const text = 'The build log goes on, line after line, and nobody reads it to its end. '.repeat(280)
  const messages = Array.from({ length: Math.ceil(bytes / text.length) }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: `${i} ${text}` }],
  }))
  return JSON.stringify({ model: 'claude-opus-4-5', messages })
}

/** The newest page of a large request, as the app opens it: by a thread of its own while this one is watched. */
async function measureOpening(megabytes: number): Promise<string[]> {
  const reader = startReadingWorker(join(import.meta.dirname, 'reading-worker.js'), silentLog)
  await reader.work.knows(0)
  const bodies = { request: largeRequest(megabytes * 1e6), response: '{"content":"Yes."}' }
  const parseMs: number[] = []
  const hereMs: number[] = []
  const thereMs: number[] = []
  let blockMs = 0
  let messages = 0
  for (let round = 0; round < 5; round++) {
    let startedMs = performance.now()
    JSON.parse(bodies.request)
    parseMs.push(performance.now() - startedMs)
    startedMs = performance.now()
    createBodyWork().open('here', bodies, { characters: 500_000 })
    hereMs.push(performance.now() - startedMs)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    startedMs = performance.now()
    const { page } = await reader.work.open(`there ${round}`, bodies, { characters: 500_000 })
    thereMs.push(performance.now() - startedMs)
    await new Promise((resolve) => setTimeout(resolve, 20))
    delay.disable()
    blockMs = Math.max(blockMs, delay.max / 1e6)
    messages = page.messages.length
  }
  const startedMs = performance.now()
  await reader.work.turnBack('there 4', { before: 5, characters: 500_000 })
  const turnMs = performance.now() - startedMs
  await reader.close()
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[2]!
  return [
    `${megabytes} MB`,
    formatMs(median(parseMs)),
    formatMs(median(hereMs)),
    formatMs(median(thereMs)),
    String(messages),
    formatMs(turnMs),
    formatMs(blockMs),
  ]
}

const threads = table([`joining ${requests.toLocaleString('en')} requests`, 'measured'], measureThreads())
const opened = table(
  [
    'opening a request of',
    'JSON.parse alone',
    'normal form, same thread',
    'newest page from the reading thread',
    'messages on it',
    'an earlier page',
    'longest block of the main thread',
  ],
  [await measureOpening(5), await measureOpening(50)],
)
const report = `${heading}

${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}. Medians of five for the pages; the longest block is the most of five.

${threads}

${opened}`
console.log(`\n${report}\n`)

const path = join(process.cwd(), 'docs/performance.md')
const parts = readFileSync(path, 'utf8').split(/^(?=## )/m)
const others = parts.filter((part) => !part.startsWith(heading))
writeFileSync(path, `${[...others, report].map((part) => part.trim()).join('\n\n')}\n`)
