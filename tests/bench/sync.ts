import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Client } from 'pg'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { createCopyOut } from '../../src-main/postgres/copy-out'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { formatMs, table } from './measure'

const megabyte = 1_048_576

/** From an empty folder until the whole retention is here, without the second pass over the answers. */
export async function measureSync(options: {
  databaseUrl: string
  directory: string
  days: number
  endMs: number
}): Promise<{ report: string; sourceKey: string }> {
  const { databaseUrl, directory, days, endMs } = options
  const copyMs = await copyAlone(databaseUrl)
  const readMs = await readAlone(databaseUrl, { days, endMs })
  const ledger = createLedger(JSON.parse(readFileSync(join(process.cwd(), 'resources/claude-prices.json'), 'utf8')))
  const source = createPostgresSource({ databaseUrl, log: silentLog })
  const replica = await openReplica({ directory, sourceKey: source.key, ledger, log: silentLog })
  const sync = createSync({ source, replica, log: silentLog, retentionDays: days + 1 })
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  let mostRss = 0
  const watching = setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage.rss())), 50)
  const startedMs = performance.now()
  const cpuBefore = process.cpuUsage()
  let firstDayMs = 0
  sync.start()
  while (sync.state().phase !== 'following') {
    if (firstDayMs === 0 && replica.asOf() !== null) firstDayMs = performance.now() - startedMs
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const elapsedMs = performance.now() - startedMs
  const cpu = process.cpuUsage(cpuBefore)
  delay.disable()
  const { rows: stored } = await replica.counts()
  clearInterval(watching)
  await sync.close()
  await source.close()
  await replica.close()
  const { size } = await stat(join(directory, source.key, 'replica.duckdb'))
  const rate = (ms: number) => `${Math.round(stored / (ms / 1000)).toLocaleString('en')} rows/s`
  const report = table(
    ['first sync', 'measured', 'goal'],
    [
      ['the newest 24 hours are there after', formatMs(firstDayMs), '< 2 s'],
      ['all rows are there after', formatMs(elapsedMs), ''],
      ['from COPY to disk', rate(elapsedMs), '500,000 rows/s'],
      ['the limit: COPY alone, its bytes thrown away', rate(copyMs), ''],
      ['the limit: COPY and decoding, nothing stored', rate(readMs), ''],
      [
        'processor time of the app for a row (two processors are shared with PostgreSQL)',
        `${((cpu.user + cpu.system) / stored).toFixed(1)} µs`,
        '',
      ],
      ['bytes a row on disk', (size / stored).toFixed(1), '≤ 40'],
      ['most memory of the process (PostgreSQL apart)', `${Math.round(mostRss / megabyte)} MB`, '< 500 MB'],
      [
        'event loop delay, 99th percentile and longest',
        `${formatMs(delay.percentile(99) / 1e6)}, ${formatMs(delay.max / 1e6)}`,
        '< 50 ms',
      ],
    ],
  )
  return { report, sourceKey: source.key }
}

/** What the database and the connection can give at most. */
async function copyAlone(databaseUrl: string): Promise<number> {
  const client = new Client(databaseUrl)
  await client.connect()
  const startedMs = performance.now()
  const copy = createCopyOut(
    `COPY (SELECT request_id, timestamp, domain::text, model::text, request_type::text, input_tokens, output_tokens,
      response_time_ms, stream, response_body IS NOT NULL, NULL::boolean FROM requests ORDER BY timestamp) TO STDOUT (FORMAT binary)`,
    () => {},
  )
  client.query(copy)
  await copy.done
  const elapsedMs = performance.now() - startedMs
  await client.end()
  return elapsedMs
}

async function readAlone(databaseUrl: string, { days, endMs }: { days: number; endMs: number }): Promise<number> {
  const source = createPostgresSource({ databaseUrl, log: silentLog })
  const range = { fromUs: (endMs - (days + 1) * 86_400_000) * 1000, toUs: (endMs + 86_400_000) * 1000 }
  const startedMs = performance.now()
  let rows = 0
  for await (const batch of source.readRange(range)) rows += batch.length
  const elapsedMs = performance.now() - startedMs
  await source.close()
  if (rows === 0) throw new Error('There was nothing to read')
  return elapsedMs
}
