import { createHash } from 'node:crypto'
import { Failure } from '../core/failure'
import type { CancelSignal, Log, Source } from '../core/ports'
import type { AskedStatements } from './asked-statements'
import { createConnectionPool, mostConnections } from './connection-pool'
import { parseDatabaseUrl, type DatabaseUrl } from './database-url'
import { emptyBatch } from './copy-decoder'
import { findRequestTable } from './find-request-table'
import { inspectTable } from './inspect-table'
import { readBatches } from './read-batches'
import { readBodies } from './read-bodies'
import { readHourSums } from './read-hour-sums'
import { readIdentity } from './read-identity'
import { readPreviews } from './read-previews'
import { readUsage } from './read-usage'
import { idCondition, metadataSelect, rangeCondition } from './request-select'
import type { RequestTable } from './request-table'
import { findTexts, readsUtf8, textSearchCost } from './search-texts'

/**
 * The production database behind the `Source` port. Nothing is connected until something is asked. `asked` may be
 * shared with the listener, so that all questions stand together. Throws `database-url-invalid`.
 */
export function createPostgresSource(options: { databaseUrl: string; log: Log; asked?: AskedStatements }): Source {
  const url = parseDatabaseUrl(options.databaseUrl)
  const pool = createConnectionPool(url, options.log, options.asked)
  const cluster = { isTold: true }
  let known: Promise<RequestTable> | null = null
  let lastPlace: string | null = null
  /** Whether the server keeps its texts in UTF-8; null until that was asked. */
  let keepsUtf8: boolean | null = null

  /** The table is looked for once, and again after it turned out to have changed. */
  function table(): Promise<RequestTable> {
    const looking = (known ??= findRequestTable(pool))
    looking.catch(() => forget(looking))
    return looking
  }

  function forget(looking: Promise<RequestTable>): void {
    if (known === looking) known = null
  }

  async function withTable<T>(work: (table: RequestTable) => Promise<T>): Promise<T> {
    const looking = table()
    try {
      return await work(await looking)
    } catch (error) {
      if (error instanceof Failure && error.code.startsWith('table-')) forget(looking)
      throw error
    }
  }

  async function* readRange(range: { fromUs: number; toUs: number }, signal?: CancelSignal) {
    const looking = table()
    try {
      const found = await looking
      const where = `${rangeCondition(found, range)} ORDER BY ${found.timestamp.name}`
      yield* readBatches(pool, `SELECT ${metadataSelect(found)} FROM ${found.name} WHERE ${where}`, {
        signal,
        purpose: 'Rows of a stretch of time',
      })
    } catch (error) {
      if (error instanceof Failure && error.code.startsWith('table-')) forget(looking)
      throw error
    }
  }

  return {
    key: sourceKey(url),
    inspect: async (signal) => {
      known = null
      return withTable((found) => inspectTable(pool, found, signal))
    },
    async clockMs(signal) {
      const sql = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "clockMs"'
      const [row] = await pool.rows<{ clockMs: number }>(sql, [], { signal, purpose: 'The clock' })
      return row!.clockMs
    },
    async readIdentity(signal) {
      const identity = await withTable((found) => readIdentity(pool, found, cluster, signal))
      if (lastPlace !== null && lastPlace !== identity.place) {
        // What else is open may still lead to the former database, whose table may be another.
        pool.renew()
        known = null
        keepsUtf8 = null
      }
      lastPlace = identity.place
      return identity
    },
    asked: () => ({ statements: pool.asked.list(), open: pool.openConnections(), most: mostConnections }),
    readRange,
    readHourSums: (range, signal) => withTable((found) => readHourSums(pool, found, range, signal)),
    readRows: (ids, signal) =>
      withTable(async (found) => {
        // A table without a key may hold an id twice; a text id may be spelled in two ways.
        const select = `SELECT DISTINCT ON (1) ${metadataSelect(found)} FROM ${found.name}
          WHERE ${idCondition(found, ids)} ORDER BY 1, 2 DESC`
        let rows = emptyBatch()
        // All of them fit into the first batch.
        for await (const batch of readBatches(pool, select, {
          signal,
          purpose: 'Rows by id',
          firstBatchRows: ids.length + 1,
        })) {
          rows = batch
        }
        return rows
      }),
    readUsage: (ids, signal) => withTable((found) => readUsage(pool, found, ids, signal)),
    readPreviews: (ids, signal) => withTable((found) => readPreviews(pool, found, ids, signal)),
    readBodies: (id, signal) => withTable((found) => readBodies(pool, found, id, signal)),
    textSearchCost: (search, signal) =>
      withTable(async (found) => {
        keepsUtf8 ??= await readsUtf8(pool, signal)
        return textSearchCost(pool, found, search, { signal, isUtf8: keepsUtf8 })
      }),
    findTexts: (search, { timeoutMs, signal }) =>
      withTable(async (found) => {
        keepsUtf8 ??= await readsUtf8(pool, signal)
        return findTexts(pool, found, search, { timeoutMs, signal, isUtf8: keepsUtf8 })
      }),
    close: () => pool.close(),
  }
}

/** Says which database it is, and to a file system too; user and password are no part of it. */
function sourceKey({ host, port, database }: DatabaseUrl): string {
  const name = `${host}-${port}-${database}`
  const hash = createHash('sha256')
    .update(JSON.stringify([host, port, database]))
    .digest('hex')
    .slice(0, 8)
  return `${name
    .toLowerCase()
    .replace(/[^a-z\d.-]+/g, '_')
    .slice(0, 80)}-${hash}`
}
