/*
 * The only way to the production database: at most three connections (the listener may hold a fourth), read-only
 * sessions, time-outs on both sides. What the server answers is data; what goes wrong leaves as a `Failure`.
 */
import { connect } from 'node:net'
import { Pool, type PoolClient } from 'pg'
import { Failure } from '../core/failure'
import type { CancelSignal, Log } from '../core/ports'
import { clientConfig, connectionWays, statementTimeoutMs } from './connection-options'
import type { DatabaseUrl } from './database-url'
import { refusesLoginSettings, refusesTlsChoice, sourceFailure } from './source-failure'

/** A connection that was taken out of the pool. Give it back once, in one of the two ways. */
export interface Lease {
  client: PoolClient
  /** Everything was read: others may use it. */
  end(): Promise<void>
  /** Stops what it does, at the server too, and throws the connection away. */
  abandon(): void
}

export interface ConnectionPool {
  /** A connection whose statements may take `timeoutMs`, in a read-only transaction unless that is the session's own. */
  lease(options?: { signal?: CancelSignal; timeoutMs?: number }): Promise<Lease>
  /** Runs one question and gives its rows. */
  rows<Row>(sql: string, values?: unknown[], options?: { signal?: CancelSignal; timeoutMs?: number }): Promise<Row[]>
  /** What an error of one of its connections means. */
  failure(error: unknown): Failure
  close(): Promise<void>
}

const maxConnections = 3

/** Makes the pool; it connects with the first question. Throws `database-url-invalid` for unreadable TLS files. */
export function createConnectionPool(url: DatabaseUrl, log: Log): ConnectionPool {
  const ways = connectionWays(url)
  let way = ways[0]!
  let pool = open()
  let closing: Promise<void> | null = null

  function open(): Pool {
    const opened = new Pool({
      ...clientConfig(url, way, 'nexus-desktop'),
      max: maxConnections,
      idleTimeoutMillis: 60_000,
    })
    // An idle connection that dies is replaced by the next question; without a listener it would end the process.
    opened.on('error', (error) => log.warn('An idle database connection was lost', { error: error.message }))
    return opened
  }

  /** Connects, going on to the next way that the URL allows when the server refuses this one. */
  async function take(): Promise<PoolClient> {
    for (;;) {
      const used = { pool, way }
      try {
        return await used.pool.connect()
      } catch (error) {
        const next = ways.find(
          (candidate, index) =>
            index > ways.indexOf(used.way) &&
            (refusesLoginSettings(error)
              ? candidate.settingsIn !== used.way.settingsIn && candidate.tls === used.way.tls
              : refusesTlsChoice(error, used.way.tls !== false) && candidate.tls !== used.way.tls),
        )
        if (!next || closing) throw error
        if (pool !== used.pool) continue
        way = next
        pool = open()
        void used.pool.end()
      }
    }
  }

  async function lease({ signal, timeoutMs }: { signal?: CancelSignal; timeoutMs?: number } = {}): Promise<Lease> {
    if (closing) throw new Failure('query-cancelled', { message: 'The connection is closed.' })
    throwIfAborted(signal)
    const client = await take()
    // The failing query tells; without a listener the same error would end the process.
    client.on('error', ignore)
    const inTransaction = timeoutMs !== undefined || way.settingsIn === 'transaction'
    let given = false
    const giveBack = (broken: boolean): void => {
      if (given) return
      given = true
      client.off('error', ignore)
      client.release(broken)
    }
    const abandon = (): void => {
      if (!given) cancelAtServer(client, url)
      giveBack(true)
    }
    try {
      throwIfAborted(signal)
      if (inTransaction) {
        const milliseconds = Math.trunc(timeoutMs ?? statementTimeoutMs)
        await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${milliseconds}`)
      }
    } catch (error) {
      abandon()
      throw error
    }
    return {
      client,
      abandon,
      async end() {
        try {
          if (inTransaction) await client.query('COMMIT')
          giveBack(false)
        } catch (error) {
          giveBack(true)
          throw error
        }
      },
    }
  }

  return {
    async lease(options) {
      try {
        return await lease(options)
      } catch (error) {
        throw sourceFailure(error, url)
      }
    },
    async rows<Row>(sql: string, values?: unknown[], options: { signal?: CancelSignal; timeoutMs?: number } = {}) {
      let held: Lease | null = null
      try {
        held = await lease(options)
        const { rows } = await withLimits(held.client.query(sql, values), held, options)
        await held.end()
        return rows as Row[]
      } catch (error) {
        held?.abandon()
        throw sourceFailure(error, url)
      }
    },
    failure: (error) => sourceFailure(error, url),
    close() {
      closing ??= pool.end()
      return closing
    },
  }
}

/** The answer, or a failure as soon as the caller gives up or the server is silent for longer than it may be. */
function withLimits<T>(
  answer: Promise<T>,
  held: Lease,
  { signal, timeoutMs = statementTimeoutMs }: { signal?: CancelSignal; timeoutMs?: number },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (failure: Error): void => {
      reject(failure)
      held.abandon()
    }
    const onAbort = (): void => giveUp(new Failure('query-cancelled'))
    // The server keeps its own time; this one is for a network that swallows the answer.
    const timer = setTimeout(() => giveUp(new Error('Query read timeout')), timeoutMs + 5000)
    signal?.addEventListener('abort', onAbort)
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}

export function throwIfAborted(signal: CancelSignal | undefined): void {
  if (signal?.aborted) throw new Failure('query-cancelled')
}

/**
 * Asks the server to stop what this connection does. Best effort: it goes over a connection of its own, which the
 * server closes without an answer. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
function cancelAtServer(client: PoolClient, { host, port }: DatabaseUrl): void {
  const { processID, secretKey } = client as unknown as { processID: number | null; secretKey: number | null }
  if (processID === null || secretKey === null) return
  const request = Buffer.alloc(16)
  request.writeInt32BE(16, 0)
  request.writeInt32BE(80877102, 4)
  request.writeInt32BE(processID, 8)
  request.writeInt32BE(secretKey, 12)
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  socket.on('error', ignore).setTimeout(5000, () => socket.destroy())
  socket.end(request)
}

function ignore(): void {}
