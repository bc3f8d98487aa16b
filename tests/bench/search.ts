/* Full-text search beside PostgreSQL on the same texts: node search.js [--bodies 100k]. Started by scripts/bench.mjs. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { readQuery } from '../../src-main/core/search/parse-query'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { startTestPostgres } from '../fakes/test-postgres'
import { plainBatch } from '../replica/plain-batch'
import { formatMs, measureInTurn, table } from './measure'

const { values: options } = parseArgs({ options: { bodies: { type: 'string', default: '100k' } }, strict: false })
const count = Number(String(options.bodies).replace(/k$/i, '000'))
const rounds = 5
const fromUs = Date.UTC(2026, 0, 1) * 1000

/** Words of Zipf's frequencies from a seed; one request in 20,000 says a word that no other does. */
function makeText(index: number, random: () => number): string {
  const words = Array.from({ length: 120 }, () => `w${Math.floor(20_000 ** random()).toString(36)}`)
  if (index % 20_000 === 77) words[60] = 'quixotic'
  if (index % 1000 === 5) words.splice(40, 2, 'rolled', 'back')
  return words.join(' ')
}

function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

const idOf = (index: number) => `${(index + 1).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`

async function run(): Promise<string> {
  const url = await postgres.createDatabase(
    'search',
    'CREATE UNLOGGED TABLE requests (request_id uuid PRIMARY KEY, request_body jsonb, response_body jsonb)',
  )
  const client = new Client({ connectionString: url })
  await client.connect()
  const ledger = createLedger(JSON.parse(await readFile(join(process.cwd(), 'resources/claude-prices.json'), 'utf8')))
  const replica = await openReplica({ directory: folder, sourceKey: 'search', ledger, log: silentLog })
  const ids = Array.from({ length: count }, (_, index) => idOf(index))
  const range = { fromUs, toUs: fromUs + count * 1_000_000 }
  await replica.storeRange({ range, spans: [{ batch: plainBatch(ids, fromUs), from: 0, to: count }] })

  console.log(`Keeping ${count.toLocaleString('en')} bodies …`)
  const random = createRandom(1)
  const startedMs = performance.now()
  for (let start = 0; start < count; start += 500) {
    const made = ids.slice(start, start + 500).map((id, offset) => ({
      id,
      request: JSON.stringify({ messages: [{ role: 'user', content: makeText(start + offset, random) }] }),
      response: JSON.stringify({ type: 'message', content: [{ type: 'text', text: makeText(-1, random) }] }),
    }))
    for (const { id, ...stored } of made) await replica.keepBodies(id, stored)
    await client.query(
      `INSERT INTO requests SELECT * FROM jsonb_to_recordset($1) AS r(id uuid, request jsonb, response jsonb)`,
      [
        JSON.stringify(
          made.map(({ id, request, response }) => ({
            id,
            request: JSON.parse(request),
            response: JSON.parse(response),
          })),
        ),
      ],
    )
  }
  const window = {
    fromMs: range.fromUs / 1000,
    toMs: range.toUs / 1000,
    errorsOnly: false,
    limit: 50,
    cursor: undefined,
  }
  const local = (text: string) => replica.list({ ...window, query: readQuery(text)! })
  await local('warmup')
  const keptMs = performance.now() - startedMs

  console.log('Indexing in PostgreSQL …')
  const words = `to_tsvector('simple', request_body::text || ' ' || response_body::text)`
  await client.query(`ALTER TABLE requests ADD COLUMN words tsvector`)
  const indexStartedMs = performance.now()
  await client.query(`UPDATE requests SET words = ${words}`)
  await client.query('CREATE INDEX ON requests USING gin (words)')
  const tsvectorMs = performance.now() - indexStartedMs
  await client.query('VACUUM ANALYZE requests')

  console.log('Asking …')
  const questions = [
    { name: 'a rare word', text: 'quixotic', like: '%quixotic%', ts: `'quixotic'::tsquery` },
    { name: 'a phrase', text: '"rolled back"', like: '%rolled back%', ts: `phraseto_tsquery('simple', 'rolled back')` },
    { name: 'the beginning of a word', text: 'quixo*', like: '%quixo%', ts: `'quixo:*'::tsquery` },
    { name: 'a word that is nowhere', text: 'unheardof', like: '%unheardof%', ts: `'unheardof'::tsquery` },
  ]
  const found: Record<string, number[]> = {}
  const counted = async (name: string, ask: () => Promise<number>) => {
    const answer = await ask()
    ;(found[name] ??= []).push(answer)
  }
  let asked = 0
  const sql = async (condition: string, values: unknown[] = []) =>
    Number((await client.query(`SELECT count(*) FROM requests WHERE ${condition}`, values)).rows[0].count)
  const measured = await measureInTurn(
    questions.flatMap(({ name, text, like, ts }) => [
      // A space more each time: nothing is answered from memory.
      {
        name: `${name} local`,
        run: () => counted(name, async () => (await local(text + ' '.repeat(++asked % 50))).total),
      },
      {
        name: `${name} like`,
        rounds: 2,
        run: () => counted(name, () => sql('request_body::text ILIKE $1 OR response_body::text ILIKE $1', [like])),
      },
      { name: `${name} ts`, run: () => counted(name, () => sql(`words @@ ${ts}`)) },
    ]),
    rounds,
  )
  for (const [name, answers] of Object.entries(found)) {
    if (new Set(answers).size !== 1)
      throw new Error(`Not the same answers for ${name}: ${[...new Set(answers)].join(', ')}`)
  }
  const [{ size }] = (
    await client.query(`SELECT pg_indexes_size('requests') + sum(pg_column_size(words)) AS size FROM requests`)
  ).rows
  await replica.checkpoint()
  const { size: replicaBytes } = await stat(join(folder, 'search', 'replica.duckdb'))
  await client.end()
  await replica.close()
  const ms = (name: string) => measured.get(name)!.medianMs
  const rows = questions.map(({ name }) => [
    name,
    found[name]![0]!,
    formatMs(ms(`${name} like`)),
    formatMs(ms(`${name} ts`)),
    formatMs(ms(`${name} local`)),
    (ms(`${name} like`) / ms(`${name} local`)).toFixed(0),
    (ms(`${name} ts`) / ms(`${name} local`)).toFixed(1),
  ])
  const header = [
    'looked for',
    'found',
    'ILIKE',
    'tsvector with GIN',
    'the local index',
    'times ILIKE',
    'times tsvector',
  ]
  return `## Full-text search over ${count.toLocaleString('en')} kept bodies

${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, PostgreSQL 18 on the same machine. 240 words each, a vocabulary of 20,000 by Zipf; the local answer is a page of 50 rows and the count of all, PostgreSQL's the count alone. Keeping the bodies and indexing them took ${formatMs(keptMs)} (bodies compressed to a file each), the tsvector column and its index ${formatMs(tsvectorMs)}; the local index with all rows takes ${(replicaBytes / 1_048_576).toFixed(0)} MB, PostgreSQL's column and indexes ${(Number(size) / 1_048_576).toFixed(0)} MB.

${table(header, rows)}`
}

async function updateReport(report: string): Promise<void> {
  const path = join(process.cwd(), 'docs', 'performance.md')
  const parts = (await readFile(path, 'utf8'))
    .split(/^(?=## )/m)
    .filter((part) => !part.startsWith('## Full-text search'))
  await writeFile(path, `${[...parts, report].map((part) => part.trim()).join('\n\n')}\n`)
}

const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-search-'))
const postgres = await startTestPostgres({ shared_buffers: '1GB', maintenance_work_mem: '512MB', max_wal_size: '4GB' })
try {
  const report = await run()
  console.log(`\n${report}\n`)
  await updateReport(report)
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}
