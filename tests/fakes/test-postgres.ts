import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, escapeIdentifier } from 'pg'
import { startPostgresServer } from '../../src-main/sample/postgres-server'

export interface TestPostgres {
  url(database?: string): string
  /** Makes a database, runs `sql` in it and gives its URL. */
  createDatabase(name: string, sql?: string): Promise<string>
  stop(): Promise<void>
}

/** A real PostgreSQL in a temporary folder, as careless about disks as a test may be. */
export async function startTestPostgres(settings: Record<string, string> = {}): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'nexus-test-postgres-'))
  const server = await startPostgresServer({
    directory,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: '0',
      ...settings,
    },
  })
  return {
    url: (database) => server.url(database),
    async createDatabase(name, sql) {
      await runSql(server.url(), `CREATE DATABASE ${escapeIdentifier(name)}`)
      if (sql) await runSql(server.url(name), sql)
      return server.url(name)
    },
    async stop() {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Runs SQL in a session of its own; gives the rows of the last statement. */
export async function runSql(url: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client(url)
  // A server that is killed says so between statements as well; the statement itself fails in any case.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const result = await client.query(sql, values)
    return (Array.isArray(result) ? result.at(-1) : result).rows
  } finally {
    await client.end()
  }
}
