import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { createExports } from '../../src-main/app/exports-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import type { ExportInput } from '../../src-main/contract/exports'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { formatMs, formatRatio, table, type Replicated } from './measure'

const dayMs = 86_400_000
const mostRows = 1_000_000

/** Exports of up to a million rows beside `COPY … TO` of the columns that the source has itself, without the joins and prices of ours. */
export async function measureExports(replicated: Replicated): Promise<string> {
  const { databaseUrl, directory, sourceKey, rows, days, endMs } = replicated
  const ledger = createLedger(JSON.parse(readFileSync(join(process.cwd(), 'resources/claude-prices.json'), 'utf8')))
  const replica = await openReplica({ directory, sourceKey, ledger, log: silentLog })
  const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-exports-'))
  const client = new Client(databaseUrl)
  await client.connect()
  const exports = createExports({
    workspaces: { open: () => ({ replica }) } as unknown as Workspaces,
    directory: join(folder, 'exports'),
    timeZone: () => 'UTC',
    now: Date.now,
  })
  const spanMs = (days * dayMs * Math.min(rows, mostRows)) / rows
  const window = { from: new Date(endMs - spanMs).toISOString(), to: new Date(endMs).toISOString() }
  const redaction = { secrets: true, mail: true, homePaths: true, patterns: [] }

  async function copyOut(): Promise<{ rows: number; sizeBytes: number }> {
    const path = join(tmpdir(), `nexus-bench-copy-${process.pid}.csv`)
    const columns = `request_id, timestamp, domain, model, request_type, input_tokens, output_tokens, response_time_ms, stream`
    const result = await client.query(`COPY (SELECT ${columns} FROM requests
      WHERE timestamp >= '${window.from}' AND timestamp < '${window.to}' ORDER BY timestamp DESC)
      TO '${path}' (FORMAT csv, HEADER)`)
    const sizeBytes = (await stat(path)).size
    await rm(path)
    return { rows: result.rowCount ?? 0, sizeBytes }
  }

  const works: { name: string; run(): Promise<{ rows: number; sizeBytes: number }> }[] = [
    { name: "PostgreSQL's COPY … TO a CSV file", run: copyOut },
    ...(['csv', 'jsonl', 'parquet'] as const).map((format) => ({ name: format, run: () => make({ format }) })),
    { name: 'csv, redacted', run: () => make({ format: 'csv', redaction }) },
  ]
  async function make(input: Pick<ExportInput, 'format' | 'redaction'>): Promise<{ rows: number; sizeBytes: number }> {
    const made = await exports.make({ ...window, ...input }, undefined)
    await (await exports.fetch(made.id))?.content.cancel()
    return made
  }

  try {
    const lines: string[][] = []
    let limitMs = 0
    for (const { name, run } of works) {
      await run()
      const memory = watchMemory()
      const startedMs = performance.now()
      const made = await run()
      const elapsedMs = performance.now() - startedMs
      limitMs ||= elapsedMs
      lines.push([
        name,
        made.rows.toLocaleString('en'),
        formatMs(elapsedMs),
        `${Math.round((made.rows / elapsedMs) * 1000).toLocaleString('en')}`,
        formatRatio(limitMs / elapsedMs),
        `${(made.sizeBytes / 1e6).toFixed(0)} MB`,
        `${memory.grownMb().toFixed(0)} MB`,
      ])
    }
    const head = ['Export', 'Rows', 'Time', 'Rows/s', 'Times as quick as COPY', 'Size', 'Memory grew by']
    return `### Exports\n\n${table(head, lines)}\n\nMemory is what the process took at most beyond what it had before, DuckDB's included.`
  } finally {
    await exports.close()
    await client.end()
    await replica.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function watchMemory(): { grownMb(): number } {
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
  return {
    grownMb() {
      clearInterval(timer)
      return (Math.max(most, process.memoryUsage.rss()) - before) / 1e6
    },
  }
}
