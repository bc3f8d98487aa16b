/* The benchmark's process: node main.js --rows 1m|10m|<number> [--last-day <number>]. Started by scripts/bench.mjs. */
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startTestPostgres } from '../fakes/test-postgres'
import { measureExports } from './exports'
import { generateRequests, type Dataset } from './generate-requests'
import { measureQuestions } from './questions'
import { measureStart } from './start-host'
import { measureSync } from './sync'

const days = 90

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

  const directory = join(folder, 'replica')
  const { endMs } = dataset
  console.log('Syncing …')
  const { report: synced, sourceKey } = await measureSync({ databaseUrl, directory, days, endMs })
  console.log('Starting …')
  const started = await measureStart({ databaseUrl, dataDirectory: folder, endMs })
  console.log('Asking …')
  const answered = await measureQuestions({ databaseUrl, directory, sourceKey, rows, days, endMs })
  console.log('Exporting …')
  const exported = await measureExports({ databaseUrl, directory, sourceKey, rows, days, endMs })

  const report = [describeRun(dataset), synced, started, answered, exported].join('\n\n')
  console.log(`\n${report}\n`)
  await updateReport(dataset, report)
}

function describeRun({ rows: made, lastDayRows: lastDay }: Dataset): string {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `## ${made.toLocaleString('en')} requests over ${days} days, ${lastDay.toLocaleString('en')} in the last 24 hours

${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpu}, PostgreSQL 18 on the same machine. Load of the machine at the end: ${loadavg()[0]!.toFixed(1)} (of a quiet one: below 2).`
}

const introduction = `# Performance

Made by \`npm run bench\` (\`-- --rows 10m\` for ten million): a real PostgreSQL with the brief's table and its two indexes, filled from a seed (20 domains by Zipf, 8 models, small bodies); a replica synced from it; then the same questions to both, in turn, so that whatever else the machine does falls on each alike. Read the ratios: the times swing with the machine.

"24 h overview" is the brief's four statements (figures, domains of seven days, hours, models), one after the other; the replica answers the same and the window before it in one snapshot. Percentiles are exact on both sides. A list page of the replica also counts the whole list. The second pass over the answers (cache tokens) runs at the pace of the source and is no part of the sync here.

## Where the limits are

- **First sync.** PostgreSQL's COPY alone, its bytes thrown away, and COPY with decoding are measured just before it; the app's own processor time for a row comes on top, on two processors that PostgreSQL shares. DuckDB's appender works in the thread that calls it, so that its flushes, of 8,192 rows each, are part of the event loop's longest delay.
- **A sorted list over all rows** compares the figure of every row with the least that can be on the page, which the largest figures of each hour give, and reads the rows of the page, which lie in as many different blocks of the file as there are rows: each block is 256 KB, read and unpacked for one row. That is the second line of the table of limits. Smallest first, or with a filter that the hourly sums do not know, the first line comes on top. Nothing sorted by a figure is kept beside the rows.
- **A filter that the hourly sums do not know** (tokens, cost, time, words) is counted by a scan of its columns, which is in the table of limits as well; a window that does not hold every row has their times read on top, about half as much again. A sum of tokens is two columns, and no block of the file can be skipped for it.
- **The 24 h overview** comes from memory, on the main thread, in the time of the fastest run. Where the median is higher the thread's own processor time is as much higher: something else runs in it right after the large answers that are asked in turn with it.
- **Percentiles** group every request of the window twice: by stretches of 128 ms, then by the milliseconds of those that are wanted. For 700,000 rows the two passes took 13 and 10 ms of processor time; DuckDB's own \`quantile_disc\` took 17 to 27 ms, one pass by the millisecond 136 ms, its \`histogram_exact\` in place of the first pass 38 ms, conditions on ranges in place of the second 76 ms. Fifty times PostgreSQL would take counts that are kept by day, which are not.
- **Lists in the order of time** cost PostgreSQL one step into an index; a columnar file reads a block of 2,048 rows of each column for the same. What the page adds is the count of the whole list.
- **One row by id** that a list or a conversation has shown is looked for at its time, any other by a scan of the ids (16 bytes each, random, so that nothing can be skipped): the file has no index. Reading a column of 4 bytes for all of ten million rows takes 18 ms of processor time by itself, so that a short hash beside each id would cost 4 bytes a row and hardly reach 10 ms. A primary key, measured before the project began on a million rows, made loading take 5.5 s instead of 3.3 s and the file 75 MB instead of 27 MB.
- **Where the load of the machine is above 2**, two processors were shared with other work, and every time is that much longer; the ratios were taken in turns.
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
  const others = parts.filter(
    (part) => !part.startsWith(`## ${made.toLocaleString('en')} `) && !part.startsWith('## Where the limits'),
  )
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
