import { once } from 'node:events'
import type { Pool, PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { copyLine } from './copy-text'
import { largeLogText } from './large-text'
import type { PreparedStretch } from './prepare-stretch'
import { chunkColumns, chunkRows, requestColumns, requestValues } from './request-columns'
import type { SampleRequest } from './sample-request'

/**
 * Writes one stretch, whole or not at all, and strikes it off the plan. Throws what the database throws, and the
 * signal's reason when it is aborted.
 */
export async function writeStretch(pool: Pool, prepared: PreparedStretch, signal: AbortSignal): Promise<void> {
  const client = await pool.connect()
  // The running query tells; without a listener the same error would end the process.
  const ignore = (): void => undefined
  client.on('error', ignore)
  let isBroken = true
  try {
    await client.query('BEGIN')
    await copyInto(client, 'requests', requestColumns, prepared.copyText, signal)
    const chunks = prepared.chunked.flatMap(chunkRows).map(copyLine)
    if (chunks.length > 0) await copyInto(client, 'streaming_chunks', chunkColumns, chunks, signal)
    for (const request of prepared.large) await insertLarge(client, request)
    await client.query('DELETE FROM sample.stretches_to_fill WHERE from_ms = $1', [prepared.stretch.fromMs])
    await client.query('COMMIT')
    isBroken = false
  } finally {
    client.off('error', ignore)
    // A connection in the middle of a COPY is of no use any more.
    client.release(isBroken)
  }
}

async function copyInto(client: PoolClient, table: string, columns: string[], pieces: string[], signal: AbortSignal) {
  const copy = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`))
  // A failure is told by `finished`, which is awaited last, and once more when the connection goes away after that.
  copy.on('error', () => undefined)
  const finished = once(copy, 'finish', { signal })
  finished.catch(() => undefined)
  for (const piece of pieces) {
    signal.throwIfAborted()
    if (!copy.write(piece)) await Promise.race([once(copy, 'drain', { signal }), finished])
  }
  copy.end()
  await finished
}

async function insertLarge(client: PoolClient, request: SampleRequest): Promise<void> {
  const parameters = requestColumns.map((column, index) =>
    column === 'request_body'
      ? `jsonb_set($${index + 1}::jsonb, '{messages,0,content,1,text}', to_jsonb((${largeLogText(request)})))`
      : `$${index + 1}`,
  )
  await client.query(
    `INSERT INTO requests (${requestColumns.join(', ')}) VALUES (${parameters.join(', ')})`,
    requestValues(request),
  )
}
