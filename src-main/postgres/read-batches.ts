import { setImmediate as nextTurn } from 'node:timers/promises'
import { Failure } from '../core/failure'
import type { CancelSignal, RequestBatch } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { createCopyDecoder } from './copy-decoder'
import { createCopyOut } from './copy-out'

/** A slice may take this long in all, as its reader may be slower than the database. */
const copyTimeoutMs = 10 * 60_000
/** Without a byte for this long, or up to twice as long, the connection counts as dead. */
const silenceMs = 45_000

/**
 * The rows of a SELECT over `metadataSelect`, in batches as they arrive. Reading on is asking for more: while the
 * reader is busy the database waits. Leaving the loop or aborting stops the database. Throws `Failure` alone.
 */
export async function* readBatches(
  pool: ConnectionPool,
  select: string,
  { signal, firstBatchRows, purpose }: { signal?: CancelSignal; firstBatchRows?: number; purpose: string },
): AsyncGenerator<RequestBatch, void, undefined> {
  const held = await pool.lease({ signal, timeoutMs: copyTimeoutMs })
  const ready: RequestBatch[] = []
  let finished = false
  let waiting = false
  let isHeard = false
  let failure: unknown = null
  let rows = 0
  let note: ReturnType<ConnectionPool['asked']['begin']> | null = null
  let wake: () => void = () => {}

  const decoder = createCopyDecoder((batch) => {
    ready.push(batch)
    copy.pause()
    wake()
  }, firstBatchRows)
  const statement = `COPY (${select}) TO STDOUT (FORMAT binary)`
  const copy = createCopyOut(statement, (piece) => {
    isHeard = true
    decoder.push(piece)
  })
  const stop = (error: unknown): void => {
    failure ??= error
    held.abandon()
    wake()
  }
  const onAbort = (): void => stop(new Failure('query-cancelled'))
  // Silence counts while this side waits; a reader that takes its time is no fault of the database. Each row is a
  // piece, so a piece is noted and no more: setting the timer anew for each would be a twentieth of a sync's work.
  const silence = setTimeout(() => {
    if (waiting && !isHeard) return stop(new Error('Query read timeout'))
    isHeard = false
    silence.refresh()
  }, silenceMs)
  signal?.addEventListener('abort', onAbort)
  const onDone = (): void => {
    finished = true
    wake()
  }
  copy.done.then(onDone, stop)

  try {
    note = pool.asked.begin(purpose, statement)
    held.client.query(copy)
    for (;;) {
      if (failure !== null) throw failure
      const batch = ready.shift()
      if (batch) {
        rows += batch.length
        yield batch
        // Decoding is synchronous: other work gets its turn between two batches.
        await nextTurn()
        if (ready.length === 0) copy.resume()
      } else if (finished) {
        break
      } else {
        waiting = true
        isHeard = false
        silence.refresh()
        await new Promise<void>((resolve) => (wake = resolve))
        waiting = false
      }
    }
    await held.end()
    const last = decoder.finish()
    note({ rows: rows + last.length })
    note = null
    if (last.length > 0) yield last
  } catch (error) {
    throw pool.failure(error)
  } finally {
    note?.('failed')
    clearTimeout(silence)
    signal?.removeEventListener('abort', onAbort)
    held.abandon()
  }
}
