/* Trends beside PostgreSQL: node trends.js --rows 1m|10m|<number>. Started by scripts/bench.mjs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { bucketStarts } from '../../src-main/core/usage/bucket-starts'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { briefTable } from '../fakes/brief-table'
import { silentLog } from '../fakes/silent-log'
import { runSql, startTestPostgres } from '../fakes/test-postgres'
import { formatMs, measureInTurn, table } from './measure'

const days = 90
const rounds = 9
const dayMs = 86_400_000
const { values: options } = parseArgs({ options: { rows: { type: 'string', default: '1m' } }, strict: false })
const rows = countOf(String(options.rows))
const endMs = Math.floor(Date.now() / 1000) * 1000
const window = { fromMs: endMs - days * dayMs, toMs: endMs }
const dayStarts = bucketStarts(window, 'day', 'UTC')
/** Reading answers goes at the pace of jsonb: of more rows than this the newest are read, and asked about alone. */
const answersRead = Math.min(rows, 1_000_000)
const answeredDays = (days * answersRead) / rows
const answered = { fromMs: endMs - answeredDays * dayMs, toMs: endMs }

/** Evenly over the days: 20 domains, 5 models, 3 types, four ends of an answer, up to three calls of 12 tools. */
const fillSql = `
  INSERT INTO requests
  SELECT md5('trend ' || i)::uuid, to_timestamp(${endMs / 1000}) - (i::float8 / ${rows} * ${days}) * interval '1 day',
    'team-' || h % 20 || '.example.com', (ARRAY['claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929',
      'claude-haiku-4-5-20251001', 'claude-3-5-haiku-20241022', 'claude-sonnet-4-20250514'])[1 + h % 5],
    h % 20011, h % 3001, '{"messages":[{"role":"user","content":"hello"}]}',
    jsonb_build_object('type', 'message', 'stop_reason', (ARRAY['end_turn', 'tool_use', 'tool_use', 'max_tokens'])[1 + h % 4],
      'content', CASE h % 4 WHEN 0 THEN '[]'::jsonb ELSE (SELECT jsonb_agg(jsonb_build_object('type', 'tool_use',
        'id', 'toolu_' || n, 'name', 'tool_' || (h + n) % 12, 'input', '{"path":"src/main.ts"}'::jsonb)) FROM generate_series(1, h % 4) AS n) END,
      'usage', jsonb_build_object('input_tokens', h % 20011, 'output_tokens', h % 3001)),
    h % 40009, true, (ARRAY['inference', 'query_evaluation', 'quota'])[1 + h % 3]
  FROM (SELECT i, abs(hashint8(i))::bigint AS h FROM generate_series(1, ${rows}::bigint) AS i) AS numbered`

async function run(): Promise<void> {
  console.log(`Trends: making ${rows.toLocaleString('en')} requests with tool calls …`)
  const databaseUrl = await postgres.createDatabase('trends')
  const [tableSql, ...indexes] = briefTable.split(/(?=CREATE INDEX)/)
  for (const sql of [tableSql!, fillSql, ...indexes, 'VACUUM ANALYZE requests']) await runSql(databaseUrl, sql)
  console.log('Syncing and reading the answers …')
  const ledger = createLedger(JSON.parse(readFileSync(join(process.cwd(), 'resources/claude-prices.json'), 'utf8')))
  const replica = await openReplica({ directory: folder, sourceKey: 'trends', ledger, log: silentLog })
  try {
    await fillReplica(replica, databaseUrl)
    console.log('Asking …')
    await report(await measure(replica, databaseUrl))
  } finally {
    await replica.close()
  }
}

/** The answers are read without the rest that the sync leaves a source. */
async function fillReplica(replica: ReplicaStore, databaseUrl: string): Promise<void> {
  const source = createPostgresSource({ databaseUrl, log: silentLog })
  const sync = createSync({ source, replica, log: silentLog, retentionDays: days + 1 })
  sync.start()
  while (sync.state().phase !== 'following') await new Promise((resolve) => setTimeout(resolve, 20))
  await sync.close()
  for (let read = 0; read < answersRead;) {
    const asked = await replica.rowsWithoutUsage(0, 2000)
    if (asked.length === 0) break
    read += asked.length
    for (let start = 0; start < asked.length; start += 500) {
      const part = asked.slice(start, start + 500)
      await replica.keepUsage(part, await source.readUsage(part.map(({ id }) => id)))
    }
  }
  await replica.checkpoint()
  await source.close()
}

async function measure(replica: ReplicaStore, databaseUrl: string): Promise<string> {
  const client = new Client(databaseUrl)
  await client.connect()
  const sums = 'count(*), sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0))'
  /** What, how PostgreSQL is asked and since when, how the replica is. */
  const pairs: [string, string, number, () => Promise<unknown>][] = [
    [
      'heatmap of hour and weekday, 90 days',
      `SELECT extract(isodow FROM timestamp), extract(hour FROM timestamp), ${sums} FROM requests WHERE timestamp >= $1 GROUP BY 1, 2`,
      window.fromMs,
      () => replica.trends([{ window, bucketStarts: bucketStarts(window, 'hour', 'UTC') }]),
    ],
    [
      'daily trend by type, 90 days',
      `SELECT date_trunc('day', timestamp), request_type, ${sums} FROM requests WHERE timestamp >= $1 GROUP BY 1, 2`,
      window.fromMs,
      () => replica.trends([{ window, bucketStarts: dayStarts, by: 'type' }]),
    ],
    [
      `stop reasons and tool calls by day, ${answeredDays.toFixed(0)} days (${answersRead.toLocaleString('en')} answers)`,
      `WITH stops AS (SELECT date_trunc('day', timestamp), response_body ->> 'stop_reason', count(*) FROM requests
          WHERE timestamp >= $1 GROUP BY 1, 2),
        tools AS (SELECT date_trunc('day', timestamp), block ->> 'name', count(*) FROM requests
          CROSS JOIN LATERAL jsonb_array_elements(response_body -> 'content') AS block WHERE timestamp >= $1 GROUP BY 1, 2)
        SELECT count(*) FROM stops UNION ALL SELECT count(*) FROM tools`,
      answered.fromMs,
      () => replica.outcomes({ window: answered, bucketStarts: bucketStarts(answered, 'day', 'UTC') }),
    ],
  ]
  const measured = await measureInTurn(
    pairs.flatMap(([name, sql, sinceMs, local]) => [
      { name: `${name} sql`, run: () => client.query(sql, [new Date(sinceMs)]), rounds: 3 },
      { name: `${name} local`, run: local },
    ]),
    rounds,
  )
  await client.end()
  const lines = pairs.map(([name]) => {
    const [sql, local] = [measured.get(`${name} sql`)!, measured.get(`${name} local`)!]
    return [name, formatMs(sql.medianMs), formatMs(local.medianMs), (sql.medianMs / local.medianMs).toFixed(1)]
  })
  return table(['question (medians of interleaved runs)', 'PostgreSQL', 'replica', 'times faster'], lines)
}

const heading = `## Trends at ${rows.toLocaleString('en')} requests`

/** Replaces its own part of the report and keeps the others. */
async function report(measured: string): Promise<void> {
  console.log(`\n${measured}\n`)
  const path = join(process.cwd(), 'docs', 'performance.md')
  const parts = (await readFile(path, 'utf8')).split(/^(?=## )/m).filter((part) => !part.startsWith(`${heading}\n`))
  await writeFile(path, `${parts.map((part) => part.trim()).join('\n\n')}\n\n${heading}\n\n${measured}\n`)
}

function countOf(text: string): number {
  const found = /^(\d+)([km]?)$/i.exec(text)
  if (!found) throw new Error(`--rows takes a number such as 1m or 200k, not ${text}`)
  return Number(found[1]) * { '': 1, k: 1000, m: 1_000_000 }[found[2]!.toLowerCase() as '' | 'k' | 'm']
}

const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
const postgres = await startTestPostgres({ shared_buffers: '1GB', work_mem: '64MB', max_wal_size: '8GB' })
try {
  await run()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
