import { existsSync } from 'node:fs'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import { startAnnouncer } from './announcer'
import { startLiveWriter } from './live-writer'
import { startPostgresServer, type PostgresServer } from './postgres-server'
import { prepareStretch, type Filling, type PreparedStretch } from './prepare-stretch'
import { newestStretch, openDatabase, type SampleDatabase, type Stretch } from './sample-database'
import { writeStretch } from './write-stretch'

export interface SampleOptions {
  /** Where the server keeps its data; used again at the next opening. */
  directory: string
  log: Log
  onProgress?: (progress: SampleProgress) => void
  /** Gives up opening. */
  signal?: AbortSignal
}

export interface SampleProgress {
  /** 0 to 1; 1 when the oldest day is there. */
  share: number
}

/** A database and an event stream like those of a real proxy, with somebody at work. */
export interface Sample {
  /** URL of a role that may only read. */
  databaseUrl: string
  /** URL of the role that the sample's own proxy writes with. */
  ownerUrl: string
  dashboardUrl: string
  apiKey: string
  /** Resolves when the older days are there too, or when that was given up; why stands in the log. */
  loaded: Promise<void>
  /** Stops writer, stream and server; safe to call twice. */
  close(): Promise<void>
}

/** What the sample's calendar is made from. */
export const sampleSeed = 'nexus'

/**
 * Opens the sample workspace. Resolves as soon as the last 24 hours are there; the older days follow. Throws
 * `sample-failed`, or `query-cancelled` when the signal says so.
 */
export async function openSample(options: SampleOptions): Promise<Sample> {
  const { directory, log } = options
  const closing = new AbortController()
  const giveUp = (): void => closing.abort(new Failure('query-cancelled'))
  if (options.signal?.aborted) throw new Failure('query-cancelled')
  options.signal?.addEventListener('abort', giveUp)
  let server: PostgresServer | undefined
  let database: SampleDatabase | undefined
  const nowMs = Date.now()
  const filling = { seed: sampleSeed, anchorMs: nowMs, untilMs: nowMs, signal: closing.signal }
  // Creating the server's data takes longer than making up the first day, so both are done at the same time.
  const firstDay = existsSync(directory) ? null : prepareStretch(newestStretch(nowMs), filling)
  firstDay?.catch(() => undefined)
  try {
    server = await startPostgresServer({ directory, log, settings: serverSettings })
    closing.signal.throwIfAborted()
    database = await openDatabase(server, nowMs, log)
    filling.anchorMs = database.anchorMs
    const [newest, ...older] = database.stretches
    let prepared: PreparedStretch | null = null
    if (newest) {
      prepared = (database.anchorMs === nowMs && (await firstDay)) || (await prepareStretch(newest, filling))
      await writeStretch(database.pool, prepared, closing.signal)
    }
    closing.signal.throwIfAborted()
    const announcer = await startAnnouncer()
    const writer = startLiveWriter({ pool: database.pool, announcer, running: prepared?.running ?? [], log })
    const open = { server, database }
    const loaded = fillOlder(database, older, filling, options)
    let closed: Promise<void> | null = null
    return {
      databaseUrl: database.readerUrl,
      ownerUrl: database.ownerUrl,
      dashboardUrl: announcer.dashboardUrl,
      apiKey: announcer.apiKey,
      loaded,
      close() {
        closed ??= (async () => {
          closing.abort(new Failure('query-cancelled'))
          await Promise.all([writer.close(), announcer.close(), loaded])
          await open.database.close()
          await open.server.stop()
        })()
        return closed
      },
    }
  } catch (error) {
    await database?.close()
    await server?.stop()
    if (closing.signal.aborted) throw new Failure('query-cancelled', { cause: error })
    throw error instanceof Failure ? error : new Failure('sample-failed', { cause: error })
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
}

/** The data can be made again, so nothing waits for the disk; nobody replicates from here. */
const serverSettings = {
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  max_connections: '20',
}

async function fillOlder(
  { pool }: SampleDatabase,
  stretches: readonly Stretch[],
  filling: Filling,
  { log, onProgress }: SampleOptions,
): Promise<void> {
  const prepare = (index: number): Promise<PreparedStretch> | null => {
    const stretch = stretches[index]
    const prepared = stretch ? prepareStretch(stretch, filling) : null
    // It is awaited a turn later; until then a failure must not count as one that nobody hears.
    prepared?.catch(() => undefined)
    return prepared
  }
  try {
    for (let index = 0, next = prepare(0); next; index++) {
      onProgress?.({ share: (index + 1) / (stretches.length + 1) })
      const prepared = await next
      // The next one is made up while the server takes this one in.
      next = prepare(index + 1)
      await writeStretch(pool, prepared, filling.signal)
    }
    await pool.query('ANALYZE requests')
    onProgress?.({ share: 1 })
  } catch (error) {
    // What is missing stays planned and is filled at the next opening.
    if (!filling.signal.aborted) log.warn('The older days of the sample could not be filled', { error: String(error) })
  }
}
