/* Opens a replica that is there and answers one overview: node open-child.js <directory> <end in ms>. */
import { readFileSync } from 'node:fs'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { openReplica } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { overviewOf } from './overview-of'

const [directory, endMs, pricesFile] = process.argv.slice(2) as [string, string, string]
const startedMs = performance.now()
const ledger = createLedger(JSON.parse(readFileSync(pricesFile, 'utf8')))
const replica = await openReplica({ directory, sourceKey: 'bench', ledger, log: silentLog })
const openedMs = performance.now()
await overviewOf(replica, Number(endMs), 24)
const answeredMs = performance.now()
const rssAfterOverview = process.memoryUsage().rss
await overviewOf(replica, Number(endMs), 90 * 24)
process.stdout.write(
  JSON.stringify({
    // From the start of the process to the code's first line: Node itself and loading DuckDB.
    loadMs: startedMs,
    openMs: openedMs - startedMs,
    answerMs: answeredMs - openedMs,
    rssAfterOverview,
    rssAfterTrend: process.memoryUsage().rss,
  }),
)
await replica.close()
