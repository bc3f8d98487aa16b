/* A process that syncs a replica until it is killed: node sync-child.js <directory> <database url> */
import { silentLog } from '../fakes/silent-log'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica } from '../../src-main/replica/open-replica'

const [directory, databaseUrl] = process.argv.slice(2) as [string, string]
const pricer = { price: () => ({ picoUsd: 1_000_000 }) }

try {
  const replica = await openReplica({ directory, sourceKey: 'test', ledger: pricer, log: silentLog })
  const source = createPostgresSource({ databaseUrl, log: silentLog })
  const sync = createSync({ source, replica, log: silentLog, retentionDays: 90 })
  // The sooner a hint, the more looks: each is one more moment to be killed in.
  setInterval(() => void sync.lookNow(), 50)
  sync.onState((state) => process.stdout.write(`${state.phase} ${state.rows} ${state.failure?.code ?? '-'}\n`))
  sync.start()
  process.stdout.write('open\n')
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`)
  process.exit(1)
}
