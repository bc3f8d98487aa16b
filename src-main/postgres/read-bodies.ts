import type { CancelSignal, StoredBodies } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { readChunks } from './read-chunks'
import { idCondition, textOf } from './request-select'
import type { RequestTable } from './request-table'

const purpose = 'Texts of a request'

/** Both bodies as stored; an answer that was stored in pieces as `{"chunks":[…]}`. Null for an unknown id. */
export async function readBodies(
  pool: ConnectionPool,
  table: RequestTable,
  id: string,
  signal?: CancelSignal,
): Promise<StoredBodies | null> {
  const { requestBody, responseBody } = table.columns
  const [bodies] = await pool.rows<StoredBodies>(
    `SELECT ${textOf(requestBody)} AS request, ${textOf(responseBody)} AS response
      FROM ${table.name} WHERE ${idCondition(table, [id])}`,
    [],
    { signal, purpose },
  )
  if (!bodies) return null
  if (bodies.response !== null) return bodies
  const pieces = await readChunks(pool, table, [id.toLowerCase()], signal)
  return { ...bodies, response: pieces.get(id.toLowerCase()) ?? null }
}
