/* The benchmark's process: node main.js --rows 1m|10m|<number> [--last-day <number>]. Started by scripts/bench.mjs. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { startTestPostgres } from '../fakes/test-postgres'
import {
  briefOverview,
  dailyTrendByModel,
  listPage,
  listPageByOffset,
  rowById,
  type SqlQuestion,
} from './brief-queries'
import { generateRequests, type Dataset } from './generate-requests'
import { formatMs, measureInTurn, table } from './measure'
import { overviewOf } from './overview-of'

const megabyte = 1_048_576
const days = 90
const rounds = 15
const pricesFile = join(process.cwd(), 'resources/claude-prices.json')

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1m' }, 'last-day': { type: 'string' } },
})
const rows = countOf(options.rows)
const lastDayRows = options['last-day'] ? countOf(options['last-day']) : rows >= 10_000_000 ? 400_000 : 12_000

async function run(): Promise<void> {
  console.log(`Making ${rows.toLocaleString('en')} requests over ${days} days …`)
  const databaseUrl = await postgres.createDatabase('bench')
  const dataset: Dataset = { rows, lastDayRows, days, endMs: Math.floor(Date.now() / 1000) * 1000 }
  await generateRequests(databaseUrl, dataset)

  console.log('Syncing …')
  const synced = await measureSync(databaseUrl)
  console.log('Opening …')
  const opened = openInAnotherProcess(dataset.endMs)
  console.log('Asking …')
  const answered = await measureQuestions(databaseUrl, dataset)

  const report = [describeRun(dataset), synced, opened, answered].join('\n\n')
  console.log(`\n${report}\n`)
  await updateReport(dataset, report)
}

/** From an empty folder until the whole retention is here, without the second pass over the answers. */
async function measureSync(databaseUrl: string): Promise<string> {
  const ledger = createLedger(JSON.parse(readFileSync(pricesFile, 'utf8')))
  const source = createPostgresSource({ databaseUrl, log: silentLog })
  const replica = await openReplica({ directory: folder, sourceKey: 'bench', ledger, log: silentLog })
  const sync = createSync({ source, replica, log: silentLog, retentionDays: days + 1 })
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  let mostRss = 0
  const watching = setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage().rss)), 50)
  const startedMs = performance.now()
  let firstDayMs = 0
  sync.start()
  while (sync.state().phase !== 'following') {
    if (firstDayMs === 0 && replica.asOf() !== null) firstDayMs = performance.now() - startedMs
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const elapsedMs = performance.now() - startedMs
  delay.disable()
  const { rows: stored } = await replica.counts()
  clearInterval(watching)
  await sync.close()
  await source.close()
  await replica.close()
  const { size } = await stat(join(folder, 'bench', 'replica.duckdb'))
  return table(
    ['first sync', 'measured'],
    [
      ['the newest 24 hours are there after', formatMs(firstDayMs)],
      ['all rows are there after', formatMs(elapsedMs)],
      ['rows a second, from COPY to disk', Math.round(stored / (elapsedMs / 1000)).toLocaleString('en')],
      ['bytes a row on disk', (size / stored).toFixed(1)],
      ['most memory of the process (PostgreSQL apart)', `${Math.round(mostRss / megabyte)} MB`],
      [
        'event loop delay, 99th percentile and longest',
        `${formatMs(delay.percentile(99) / 1e6)}, ${formatMs(delay.max / 1e6)}`,
      ],
    ],
  )
}

function openInAnotherProcess(endMs: number): string {
  const script = join(import.meta.dirname, 'open-child.js')
  const runs = Array.from({ length: 5 }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, folder, String(endMs), pricesFile], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`Opening failed: ${stderr}`)
    return JSON.parse(stdout) as Record<string, number>
  })
  const median = (key: string) => runs.map((one) => one[key]!).toSorted((a, b) => a - b)[2]!
  return table(
    ['opening the replica in a new process', 'measured'],
    [
      ['start of Node and loading DuckDB', formatMs(median('loadMs'))],
      ['opening the file', formatMs(median('openMs'))],
      ['first 24 h overview', formatMs(median('answerMs'))],
      ['memory after it', `${Math.round(median('rssAfterOverview') / megabyte)} MB`],
      ['memory after a 90-day trend', `${Math.round(median('rssAfterTrend') / megabyte)} MB`],
    ],
  )
}

async function measureQuestions(databaseUrl: string, { endMs }: Dataset): Promise<string> {
  const ledger = createLedger(JSON.parse(readFileSync(pricesFile, 'utf8')))
  const replica = await openReplica({ directory: folder, sourceKey: 'bench', ledger, log: silentLog })
  const client = new Client(databaseUrl)
  await client.connect()
  const ask = async (questions: SqlQuestion[]) => {
    for (const { sql, values } of questions) await client.query(sql, values)
  }
  const list = (toMs: number) =>
    replica.list({ fromMs: endMs - days * 86_400_000, toMs, errorsOnly: false, limit: 50, cursor: undefined })
  const domain = 'team-02.example.com'
  const deepMs = endMs - 60 * 86_400_000
  const deepId = (await list(deepMs)).items[0]!.id
  const deepOffset = Math.floor(rows / 2)
  const few = rows >= 10_000_000 ? 3 : rounds

  /** What, how PostgreSQL is asked, how the replica is. */
  const pairs: [string, () => Promise<unknown>, () => Promise<unknown>, number?][] = [
    ['24 h overview', () => ask(briefOverview(endMs)), () => overviewOf(replica, endMs, 24)],
    [
      '24 h overview, one domain',
      () => ask(briefOverview(endMs, domain)),
      () => overviewOf(replica, endMs, 24, { domain }),
    ],
    [
      '90-day daily trend by model',
      () => ask([dailyTrendByModel(endMs, days)]),
      () => overviewOf(replica, endMs, days * 24, { by: 'model' }),
      few,
    ],
    ['list of 50, newest', () => ask([listPage(endMs)]), () => list(endMs)],
    ['list of 50, 60 days back by key', () => ask([listPage(deepMs)]), () => list(deepMs)],
    [
      `list of 50, at row ${deepOffset.toLocaleString('en')} (PostgreSQL by OFFSET)`,
      () => ask([listPageByOffset(deepOffset)]),
      () => list(deepMs),
      few,
    ],
    ['one row by id', () => ask([rowById(deepId)]), () => replica.rows([deepId])],
  ]
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  const measured = await measureInTurn(
    pairs.flatMap(([name, sql, local, most]) => [
      { name: `${name} sql`, run: sql, ...(most && { rounds: most }) },
      { name: `${name} local`, run: local },
    ]),
    rounds,
  )
  delay.disable()
  await client.end()
  await replica.close()
  const lines = pairs.map(([name]) => {
    const sql = measured.get(`${name} sql`)!
    const local = measured.get(`${name} local`)!
    const ratio = sql.medianMs / local.medianMs
    return [
      name,
      formatMs(sql.medianMs),
      formatMs(local.medianMs),
      formatMs(local.fastestMs),
      ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1),
    ]
  })
  const header = ['question (medians of interleaved runs)', 'PostgreSQL', 'replica', 'replica, fastest', 'times faster']
  return `${table(header, lines)}\n\nLongest event loop delay while asking: ${formatMs(delay.max / 1e6)}.`
}

function describeRun({ rows: made, lastDayRows: lastDay }: Dataset): string {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `## ${made.toLocaleString('en')} requests over ${days} days, ${lastDay.toLocaleString('en')} in the last 24 hours

${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpu}, PostgreSQL 18 on the same machine.`
}

const introduction = `# Performance

Made by \`npm run bench\` (\`-- --rows 10m\` for ten million): a real PostgreSQL with the brief's table and its two indexes, filled from a seed (20 domains by Zipf, 8 models, small bodies); a replica synced from it; then the same questions to both, in turn, so that whatever else the machine does falls on each alike. Read the ratios: the times swing with the machine.

"24 h overview" is the brief's four statements (figures, domains of seven days, hours, models), one after the other; the replica answers the same and the window before it in one snapshot. The list page of the replica also counts the whole list. The second pass over the answers (cache tokens) runs at the pace of the source and is no part of the sync here.
`

/** Replaces the part of this size and keeps the others. */
async function updateReport({ rows: made }: Dataset, report: string): Promise<void> {
  const docs = join(process.cwd(), 'docs')
  const path = join(docs, 'performance.md')
  const isThere = (await readdir(docs)).includes('performance.md')
  const parts = isThere
    ? readFileSync(path, 'utf8')
        .split(/^(?=## )/m)
        .slice(1)
    : []
  const others = parts.filter((part) => !part.startsWith(`## ${made.toLocaleString('en')} `))
  const all = [...others, report].map((part) => part.trim()).toSorted((a, b) => sizeOf(a) - sizeOf(b))
  await writeFile(path, `${introduction}\n${all.join('\n\n')}\n`)
}

function sizeOf(part: string): number {
  return Number(/^## ([\d,]+)/.exec(part)?.[1]?.replaceAll(',', '') ?? 0)
}

function countOf(text: string): number {
  const found = /^(\d+)([km]?)$/i.exec(text)
  if (!found) throw new Error(`--rows takes a number such as 1m or 200k, not ${text}`)
  return Number(found[1]) * { '': 1, k: 1000, m: 1_000_000 }[found[2]!.toLowerCase() as '' | 'k' | 'm']
}

const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
const postgres = await startTestPostgres({
  shared_buffers: '1GB',
  work_mem: '64MB',
  maintenance_work_mem: '512MB',
  max_wal_size: '8GB',
})
try {
  await run()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
