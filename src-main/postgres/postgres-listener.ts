/*
 * News by PostgreSQL's NOTIFY, where the user installed the trigger of resources/sql. It holds one connection of its
 * own, as LISTEN belongs to a session; behind a pooler that shares sessions it hears nothing and says so.
 */
import { Client } from 'pg'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import { createAskedStatements, type AskedStatements } from './asked-statements'
import { clientConfig, connectionWays, statementTimeoutMs } from './connection-options'
import { parseDatabaseUrl } from './database-url'
import { refusesTlsChoice, sourceFailure } from './source-failure'

/** `not-installed`: the database has no such trigger, so that nothing would ever be heard. */
export type ListenerState = 'off' | 'connecting' | 'listening' | 'not-installed' | 'lost'

export interface PostgresListener {
  state(): ListenerState
  start(): void
  /** Connects now if it waits to; `anew` also where it listens, as after a sleep. */
  retry(anew: boolean): void
  /** Hears the id of each row that was written. */
  onNotify(listener: (id: string) => void): () => void
  onState(listener: (state: ListenerState) => void): () => void
  close(): Promise<void>
}

const channel = 'nexus_requests'
/** How often a database without the trigger is asked again, and a lost connection made anew. */
const retryEveryMs = { 'not-installed': 120_000, lost: 10_000 }
const heartbeatEveryMs = 30_000
const triggerSql = `
  SELECT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = 'nexus_notify_request' AND t.tgenabled <> 'D') AS installed`

/** Listens from `start` to `close`, and tries again by itself. Throws `database-url-invalid`. */
export function createPostgresListener(options: {
  databaseUrl: string
  log: Log
  asked?: AskedStatements
}): PostgresListener {
  const { databaseUrl, log, asked = createAskedStatements() } = options
  const url = parseDatabaseUrl(databaseUrl)
  const ways = connectionWays(url).filter(({ settingsIn }) => settingsIn === 'login')
  const onNotify = new Set<(id: string) => void>()
  const onState = new Set<(state: ListenerState) => void>()
  let state: ListenerState = 'off'
  let client: Client | null = null
  let timer: NodeJS.Timeout | undefined
  let isConnecting = false
  let closed = false

  function become(next: ListenerState): void {
    if (state === next) return
    state = next
    for (const listener of onState) listener(next)
  }

  async function connect(): Promise<Client> {
    for (const [index, way] of ways.entries()) {
      const candidate = new Client(clientConfig(url, way, 'nexus-desktop listener'))
      candidate.on('error', (error) => lose(candidate, error))
      try {
        await candidate.connect()
        return candidate
      } catch (error) {
        if (index === ways.length - 1 || !refusesTlsChoice(error, way.tls !== false)) throw error
      }
    }
    throw new Failure('database-tls-mismatch')
  }

  async function ask(client: Client, sql: string) {
    const note = asked.begin('Listening for news', sql)
    try {
      const result = await client.query(sql)
      note({ rows: result.rows.length })
      return result
    } catch (error) {
      note('failed')
      throw error
    }
  }

  async function listen(): Promise<void> {
    isConnecting = true
    if (state !== 'not-installed') become('connecting')
    try {
      client = await connect()
      if (closed) return end()
      client.on('notification', ({ payload }) => {
        for (const listener of onNotify) listener(payload ?? '')
      })
      const { rows } = await ask(client, triggerSql)
      if (!(rows[0] as { installed: boolean }).installed) {
        end()
        become('not-installed')
        return retryLater(retryEveryMs['not-installed'])
      }
      await ask(client, `LISTEN ${channel}`)
      become('listening')
      beat(client)
    } catch (error) {
      lose(client, error)
    } finally {
      isConnecting = false
    }
  }

  /** A connection that died in silence, as when the machine slept, is found out by asking. */
  function beat(listening: Client): void {
    timer = setTimeout(() => {
      const overdue = setTimeout(() => lose(listening, new Error('Query read timeout')), statementTimeoutMs)
      ask(listening, 'SELECT 1').then(
        () => {
          clearTimeout(overdue)
          if (client === listening) beat(listening)
          return undefined
        },
        (error: unknown) => {
          clearTimeout(overdue)
          lose(listening, error)
        },
      )
    }, heartbeatEveryMs)
  }

  function lose(which: Client | null, error: unknown): void {
    if (closed || which !== client) return
    log.info('PostgreSQL notifications are lost', { code: sourceFailure(error, url).code })
    end()
    become('lost')
    retryLater(retryEveryMs.lost)
  }

  function retryLater(ms: number): void {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(() => void listen(), ms)
  }

  function end(): void {
    clearTimeout(timer)
    const ending = client
    client = null
    ending?.end().catch(() => undefined)
  }

  return {
    state: () => state,
    start() {
      if (state === 'off' && !closed) void listen()
    },
    retry(anew) {
      if (state === 'off' || isConnecting || (state === 'listening' && !anew)) return
      end()
      void listen()
    },
    onNotify(listener) {
      onNotify.add(listener)
      return () => onNotify.delete(listener)
    },
    onState(listener) {
      onState.add(listener)
      return () => onState.delete(listener)
    },
    async close() {
      closed = true
      become('off')
      clearTimeout(timer)
      const ending = client
      client = null
      await ending?.end().catch(() => undefined)
    },
  }
}
