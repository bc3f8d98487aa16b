/*
 * The only way to the production database: at most three connections (the listener may hold a fourth), read-only
 * sessions, time-outs on both sides. What the server answers is data; what goes wrong leaves as a `Failure`.
 */
import { connect } from 'node:net'
import { Pool, type PoolClient } from 'pg'
import { Failure } from '../core/failure'
import type { CancelSignal, Log } from '../core/ports'
import { createAskedStatements, type AskedStatements } from './asked-statements'
import { clientConfig, connectionWays, statementTimeoutMs } from './connection-options'
import type { DatabaseUrl } from './database-url'
import { refusesLoginSettings, refusesTlsChoice, sourceFailure } from './source-failure'

/** A connection that was taken out of the pool. Give it back once, in one of the two ways. */
export interface Lease {
  client: PoolClient
  /** Everything was read: others may use it. Abandon it when this throws. */
  end(): Promise<void>
  /** Stops what it does, at the server too, and throws the connection away. */
  abandon(): void
}

export interface ConnectionPool {
  /** A connection whose statements may take `timeoutMs`, in a read-only transaction unless that is the session's own. */
  lease(options?: { signal?: CancelSignal; timeoutMs?: number }): Promise<Lease>
  /** Runs one question and gives its rows. */
  rows<Row>(sql: string, values: unknown[], options: Question): Promise<Row[]>
  /** What was asked so far. Who leases a connection notes its own questions. */
  readonly asked: AskedStatements
  /** Connections that stand open now. */
  openConnections(): number
  /** The next question opens a new connection; those that are busy finish what they do. */
  renew(): void
  /** What an error of one of its connections means. */
  failure(error: unknown): Failure
  close(): Promise<void>
}

export interface Question {
  /** A few words for the user who wants to know what was asked. */
  purpose: string
  signal?: CancelSignal
  timeoutMs?: number
}

const maxConnections = 3
/** With the listener's one. */
export const mostConnections = maxConnections + 1

/** Makes the pool; it connects with the first question. Throws `database-url-invalid` for unreadable TLS files. */
export function createConnectionPool(url: DatabaseUrl, log: Log, asked = createAskedStatements()): ConnectionPool {
  const ways = connectionWays(url)
  const pools: Pool[] = []
  let way = ways[0]!
  let pool = open()
  let closing: Promise<void> | null = null
  const onClose = new Set<() => void>()

  function open(): Pool {
    const opened = new Pool({
      ...clientConfig(url, way, 'nexus-desktop'),
      max: maxConnections,
      idleTimeoutMillis: 60_000,
      // An address that leads to another server now is noticed by asking anew.
      maxLifetimeSeconds: 300,
    })
    // An idle connection that dies is replaced by the next question; without a listener it would end the process.
    opened.on('error', (error) => log.warn('An idle database connection was lost', { error: error.message }))
    // The pool listens to idle ones alone. Of those in use the failing query tells, and one may be told of its end in the
    // same breath as that it is ready, before it has asked anything.
    opened.on('connect', (client) => client.on('error', ignore))
    pools.push(opened)
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
        // The refused pool is left to itself: whoever waits in it is refused in turn and comes here.
        pool = open()
      }
    }
  }

  /** `take`, for a caller who may give up meanwhile. */
  function takeUnless(signal: CancelSignal | undefined): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      let gaveUp = false
      const giveUp = (): void => {
        gaveUp = true
        reject(new Failure('query-cancelled'))
      }
      onClose.add(giveUp)
      signal?.addEventListener('abort', giveUp)
      take()
        .then((client) => (gaveUp ? client.release() : resolve(client)), reject)
        .finally(() => {
          onClose.delete(giveUp)
          signal?.removeEventListener('abort', giveUp)
        })
    })
  }

  function failure(error: unknown): Failure {
    return closing
      ? new Failure('query-cancelled', { message: 'The connection is closed.' })
      : sourceFailure(error, url)
  }

  async function lease({ signal, timeoutMs }: { signal?: CancelSignal; timeoutMs?: number } = {}): Promise<Lease> {
    if (closing || signal?.aborted) throw new Failure('query-cancelled')
    const client = await takeUnless(signal)
    const inTransaction = timeoutMs !== undefined || way.settingsIn === 'transaction'
    let given = false
    const giveBack = (broken: boolean): void => {
      if (given) return
      given = true
      onClose.delete(abandon)
      client.release(broken)
    }
    const abandon = (): void => {
      if (!given) cancelAtServer(client, url)
      giveBack(true)
    }
    onClose.add(abandon)
    const held: Lease = {
      client,
      abandon,
      async end() {
        if (inTransaction) await withLimits(client.query('COMMIT'), held, {})
        giveBack(false)
      },
    }
    try {
      const milliseconds = Math.trunc(timeoutMs ?? statementTimeoutMs)
      const begin = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${milliseconds}`
      if (inTransaction) await withLimits(client.query(begin), held, { signal })
      return held
    } catch (error) {
      abandon()
      throw error
    }
  }

  return {
    async lease(options) {
      try {
        return await lease(options)
      } catch (error) {
        throw failure(error)
      }
    },
    asked,
    openConnections: () => pools.reduce((open, each) => open + each.totalCount, 0),
    async rows<Row>(sql: string, values: unknown[], options: Question) {
      let held: Lease | null = null
      let note: ReturnType<AskedStatements['begin']> | null = null
      try {
        held = await lease(options)
        note = asked.begin(options.purpose, sql)
        const { rows } = await withLimits(held.client.query(sql, values), held, options)
        note({ rows: rows.length })
        note = null
        await held.end()
        return rows as Row[]
      } catch (error) {
        note?.('failed')
        held?.abandon()
        throw failure(error)
      }
    },
    failure,
    renew() {
      const former = pools.splice(0)
      pool = open()
      for (const each of former) each.end().catch(ignore)
    },
    close() {
      closing ??= Promise.all(pools.map((each) => each.end())).then(ignore)
      for (const end of onClose) end()
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
