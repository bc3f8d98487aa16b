/*
 * One connection to the local database, used by one piece of work at a time. SQL is written in this folder alone;
 * values that come from outside are bound, or checked before they become text.
 */
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBVector } from '@duckdb/node-api'
import { Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { CancelSignal } from '../core/ports'
import type { CommitWatch, Touched } from './commit-watch'

/** Numbers are bound as BIGINT and must be integers. */
export type SqlValue = number | string

export type ResultRow = Record<string, unknown>

export interface Statements {
  readonly connection: DuckDBConnection
  run(sql: string): Promise<void>
  /** Row objects: integers up to 32 bits and doubles as numbers, a UUID as text, wider integers as bigint. */
  rows<Row = ResultRow>(sql: string, values?: SqlValue[]): Promise<Row[]>
  /** Visits a result of numbers without nulls row by row, making no objects. Gives way between blocks. */
  visit(sql: string, values: SqlValue[], visitRow: (columns: number[]) => void): Promise<void>
  /**
   * Runs `work` in a transaction: all of it or nothing. A writer says which rows it touches; unless it does, whatever
   * memory holds of the tables is forgotten.
   */
  transaction<T>(work: () => Promise<T>, touched?: Touched): Promise<T>
}

export interface Session {
  /** Waits for its turn, then runs `work` alone on this connection. Throws `Failure` alone. */
  use<T>(work: (statements: Statements) => Promise<T>, signal?: CancelSignal): Promise<T>
  readonly waiting: number
  close(): Promise<void>
}

const longestCache = 64

export function createSession(connection: DuckDBConnection, commits?: CommitWatch): Session {
  const prepared = new Map<string, DuckDBPreparedStatement>()
  const inTurn = createTurns()
  let waiting = 0
  let closed = false

  async function bind(sql: string, values: SqlValue[]): Promise<DuckDBPreparedStatement> {
    const known = prepared.get(sql)
    const statement = known ?? (await connection.prepare(sql))
    // The map keeps the order of use: the oldest goes first.
    prepared.delete(sql)
    prepared.set(sql, statement)
    if (prepared.size > longestCache) {
      const [oldest, unused] = prepared.entries().next().value!
      prepared.delete(oldest)
      unused.destroySync()
    }
    for (const [index, value] of values.entries()) {
      if (typeof value === 'string') statement.bindVarchar(index + 1, value)
      else statement.bindBigInt(index + 1, BigInt(value))
    }
    return statement
  }

  async function result(sql: string, values: SqlValue[]) {
    return values.length === 0 ? connection.run(sql) : (await bind(sql, values)).run()
  }

  async function commit(touched: Touched): Promise<void> {
    commits?.begin()
    let told: Touched = 'everything'
    try {
      await connection.run('COMMIT')
      told = touched
    } finally {
      commits?.end(told)
    }
  }

  const statements: Statements = {
    connection,
    async run(sql) {
      await connection.run(sql)
    },
    async rows<Row>(sql: string, values: SqlValue[] = []) {
      const found = await result(sql, values)
      return (await found.getRowObjectsJS()) as Row[]
    },
    async visit(sql, values, visitRow) {
      const found = await result(sql, values)
      const width = found.columnCount
      const columns = Array.from({ length: width }, () => 0)
      // Not `stream()`: with two threads and a UNION it can wait for ever once the result outgrows its buffer.
      for (let chunk = await found.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await found.fetchChunk()) {
        const values = Array.from({ length: width }, (_, index) => numbersOf(chunk!.getColumnVector(index)))
        const { rowCount } = chunk
        for (let row = 0; row < rowCount; row++) {
          for (let index = 0; index < width; index++) columns[index] = values[index]![row]!
          visitRow(columns)
        }
      }
    },
    async transaction(work, touched = 'everything') {
      await connection.run('BEGIN')
      try {
        const outcome = await work()
        await commit(touched)
        return outcome
      } catch (error) {
        // The first error is the one to tell; a failed COMMIT has rolled back already.
        await connection.run('ROLLBACK').catch(() => undefined)
        throw error
      }
    },
  }

  async function run<T>(work: (statements: Statements) => Promise<T>, signal?: CancelSignal): Promise<T> {
    if (closed || signal?.aborted) throw new Failure('query-cancelled')
    const interrupt = (): void => connection.interrupt()
    signal?.addEventListener('abort', interrupt)
    try {
      return await work(statements)
    } catch (error) {
      throw signal?.aborted ? new Failure('query-cancelled', { cause: error }) : replicaFailure(error)
    } finally {
      signal?.removeEventListener('abort', interrupt)
    }
  }

  return {
    get waiting() {
      return waiting
    },
    use(work, signal) {
      waiting++
      return inTurn(() => run(work, signal).finally(() => waiting--))
    },
    async close() {
      closed = true
      await inTurn(async () => undefined)
      for (const statement of prepared.values()) statement.destroySync()
      prepared.clear()
      connection.closeSync()
    },
  }
}

/** A numeric vector's own memory: without the question for null, which a column that cannot be null need not answer. */
export function numbersOf(vector: DuckDBVector): { [index: number]: number } {
  const { items } = vector as unknown as { items?: { [index: number]: number } }
  if (items) return items
  throw new Error(`A column of type ${vector.type} was to be read as numbers`)
}

/** What an error of DuckDB means; a `Failure` stays what it is. */
export function replicaFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('replica-failed', { cause: error })
}

/** A list of UUIDs as SQL. What is none cannot be in the table and is left out. */
export function uuidList(ids: readonly string[]): string {
  const valid = ids.filter((id) => uuidPattern.test(id))
  return valid.length === 0 ? '(NULL)' : `(${valid.map((id) => `'${id}'::UUID`).join(', ')})`
}

/** The same for a bound text of `joinUuids`, so that the statement's text does not change with the ids. */
export const boundUuids = `(SELECT unnest(string_split($1, ','))::UUID)`

/** UUIDs as the text that `boundUuids` takes apart; null when there are none. */
export function joinUuids(ids: readonly string[]): string | null {
  const valid = ids.filter((id) => uuidPattern.test(id))
  return valid.length === 0 ? null : valid.join(',')
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
