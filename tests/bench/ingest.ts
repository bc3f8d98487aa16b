/* How fast live events become rows of the replica, beside the bare parser. Started by scripts/bench.mjs. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createParser } from 'eventsource-parser'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { systemClock } from '../../src-main/live/clock'
import { createFeed } from '../../src-main/live/create-feed'
import { followStream } from '../../src-main/live/follow-stream'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica } from '../../src-main/replica/open-replica'
import { briefTable } from '../fakes/brief-table'
import { silentLog } from '../fakes/silent-log'
import { startTestPostgres } from '../fakes/test-postgres'
import { toStreamEvent } from './ingest-event'
import type { ProxyCommand, ProxyMessage } from './ingest-proxy'
import { formatMs, table } from './measure'
import { updateReport } from './update-report'

const parsedEvents = 200_000
const floodRows = 20_000
const trickleRows = 1000
const trickleEveryMs = 8
const heading = '## Live events'

const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-ingest-'))
const postgres = await startTestPostgres()
const databaseUrl = await postgres.createDatabase('ingest', briefTable)
const proxy = fork(join(import.meta.dirname, 'ingest-proxy.js'), [databaseUrl])
try {
  const [{ port }] = (await once(proxy, 'message')) as [{ port: number }]
  const report = await run(`http://127.0.0.1:${port}/dashboard`)
  console.log(`\n${report}\n`)
  await updateReport(heading, report)
} finally {
  proxy.disconnect()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

function command(proxyProcess: ChildProcess, order: ProxyCommand): Promise<void> {
  return new Promise((resolve) => {
    const hear = (message: ProxyMessage): void => {
      if (!('done' in message)) return
      proxyProcess.off('message', hear)
      resolve()
    }
    proxyProcess.on('message', hear)
    proxyProcess.send(order)
  })
}

async function run(dashboardUrl: string): Promise<string> {
  console.log('Listening to live events …')
  const bare = parseInMemory()
  const socket = await readFromSocket(`${dashboardUrl}/sse`)

  const ledger = createLedger(JSON.parse(await readFile('resources/claude-prices.json', 'utf8')))
  const source = createPostgresSource({ databaseUrl, log: silentLog })
  const replica = await openReplica({ directory: folder, sourceKey: 'ingest', ledger, log: silentLog })
  const sync = createSync({ source, replica, log: silentLog, retentionDays: 2 })
  const feed = createFeed({ dashboardUrl, apiKey: null, pollEveryMs: 5000, log: silentLog })
  feed.onHint((hint) => sync.lookNow(hint.ids))
  sync.start()
  feed.start()
  await until(() => feed.state().state === 'live' && sync.state().phase === 'following')

  const seenMs = new Map<string, number>()
  sync.onData(({ newIds }) => newIds.forEach((id) => seenMs.set(id, Date.now())))
  const writtenMs = new Map<string, number>()
  proxy.on('message', (message: ProxyMessage) => {
    if ('written' in message) writtenMs.set(message.written, message.atMs)
  })

  const calm = watchEventLoop()
  await command(proxy, { do: 'trickle', rows: trickleRows, everyMs: trickleEveryMs })
  await until(() => [...writtenMs.keys()].every((id) => seenMs.has(id)))
  const calmDelay = calm()
  const delaysMs = [...writtenMs].map(([id, atMs]) => seenMs.get(id)! - atMs).toSorted((a, b) => a - b)

  const busy = watchEventLoop()
  const startedMs = performance.now()
  const writing = command(proxy, { do: 'flood', rows: floodRows })
  const writingMs = writing.then(() => performance.now() - startedMs)
  await writing
  await until(async () => (await replica.counts()).rows === floodRows + trickleRows)
  const ingestMs = performance.now() - startedMs
  const busyDelay = busy()

  await feed.close()
  await sync.close()
  await source.close()
  await replica.close()
  const perSecond = (count: number, ms: number) => Math.round(count / (ms / 1000)).toLocaleString('en')
  const at = (share: number) => formatMs(delaysMs[Math.min(delaysMs.length - 1, Math.floor(delaysMs.length * share))]!)
  const figures = table(
    ['live events', 'measured'],
    [
      ['the parser alone, from memory', `${perSecond(parsedEvents, bare)} events/s`],
      ['from the socket, read and understood', `${perSecond(parsedEvents, socket)} events/s`],
      [
        `flood: rows written, told, and in the replica (writing them alone took ${formatMs(await writingMs)})`,
        `${perSecond(floodRows, ingestMs)} rows/s`,
      ],
      ['flood: event loop delay, 99th percentile and longest', busyDelay],
      [`steady, a row every ${trickleEveryMs} ms: from its commit to being shown, median`, at(0.5)],
      ['steady: 99th percentile and longest', `${at(0.99)}, ${at(1)}`],
      ['steady: event loop delay, 99th percentile and longest', calmDelay],
    ],
  )
  return `${heading}

A proxy in a process of its own writes rows and tells each on its event stream; the app's feed, sync and replica run as they do in the product. The bare parser is the limit of what any reader of the stream can do.

${figures}`
}

/** Ms to parse that many events that are in memory already, in pieces as a socket gives them. */
function parseInMemory(): number {
  const piece = Array.from({ length: 500 }, () => toStreamEvent(crypto.randomUUID())).join('')
  let events = 0
  const parser = createParser({ onEvent: () => events++ })
  const startedMs = performance.now()
  for (let fed = 0; fed < parsedEvents; fed += 500) parser.feed(piece)
  const elapsedMs = performance.now() - startedMs
  if (events !== parsedEvents) throw new Error(`The parser found ${events} of ${parsedEvents} events.`)
  return elapsedMs
}

/** Ms from the first to the last event of a flood, each read as far as its request's id. */
async function readFromSocket(url: string): Promise<number> {
  let heard = 0
  let startedMs = 0
  const stream = followStream({
    url,
    apiKey: null,
    clock: systemClock,
    log: silentLog,
    onState: () => undefined,
    onEvent: () => undefined,
    onWritten() {
      if (heard++ === 0) startedMs = performance.now()
    },
  })
  await until(() => stream.state() === 'live')
  await command(proxy, { do: 'tell', events: parsedEvents })
  await until(() => heard >= parsedEvents)
  const elapsedMs = performance.now() - startedMs
  stream.close()
  return elapsedMs
}

function watchEventLoop(): () => string {
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  return () => {
    delay.disable()
    return `${formatMs(delay.percentile(99) / 1e6)}, ${formatMs(delay.max / 1e6)}`
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5))
}
