import type { CancelSignal, SourcePlace, StoredBodies } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { readChunks } from './read-chunks'
import { booleanOf, idCondition, textOf } from './request-select'
import type { RequestTable } from './request-table'

const purpose = 'Texts of a request'

interface PlaceRow {
  conversationId: string | null
  branchId: string | null
  sessionId: string | null
  parentId: string | null
  callerId: string | null
  isSubtask: boolean | null
}

/**
 * Both bodies as stored, and where the source says the request belongs; an answer that was stored in pieces as
 * `{"chunks":[…]}`. Null for an unknown id.
 */
export async function readBodies(
  pool: ConnectionPool,
  table: RequestTable,
  id: string,
  signal?: CancelSignal,
): Promise<StoredBodies | null> {
  const { requestBody, responseBody, isSubtask, ...columns } = table.columns
  const places = (['conversationId', 'branchId', 'sessionId', 'parentId', 'callerId'] as const).map(
    (name) => `${textOf(columns[name])} AS "${name}"`,
  )
  const [row] = await pool.rows<StoredBodies & PlaceRow>(
    `SELECT ${textOf(requestBody)} AS request, ${textOf(responseBody)} AS response,
      ${places.join(', ')}, ${booleanOf(isSubtask)} AS "isSubtask"
      FROM ${table.name} WHERE ${idCondition(table, [id])}`,
    [],
    { signal, purpose },
  )
  if (!row) return null
  const { request, response, ...said } = row
  const place = toPlace(said)
  const bodies = { request, response, ...(place && { place }) }
  if (response !== null) return bodies
  const pieces = await readChunks(pool, table, [id.toLowerCase()], signal)
  return { ...bodies, response: pieces.get(id.toLowerCase()) ?? null }
}

/** Empty texts say nothing. */
function toPlace({ callerId, isSubtask, ...said }: PlaceRow): SourcePlace | null {
  const parentId = (isSubtask ? callerId || said.parentId : said.parentId) || null
  const place = {
    conversationId: said.conversationId || null,
    branchId: said.branchId || null,
    sessionId: said.sessionId || null,
    parentId: parentId?.toLowerCase() ?? null,
    isSubtask: isSubtask ?? false,
  }
  return Object.values(place).some(Boolean) ? place : null
}
