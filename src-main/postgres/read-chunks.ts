import type { CancelSignal } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { idCondition, idText } from './request-select'
import type { RequestTable } from './request-table'

const purpose = 'Pieces of streamed answers'

/** Rows whose pieces are fetched together. */
const rowsAtOnce = 20

/**
 * Answers that were stored piece by piece in `streaming_chunks`, as the JSON `{"chunks":[…]}` of their texts in order.
 * Ids without a piece are left out.
 */
export async function readChunks(
  pool: ConnectionPool,
  { chunks }: RequestTable,
  ids: string[],
  signal?: CancelSignal,
): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  if (chunks === null) return answers
  for (let from = 0; from < ids.length; from += rowsAtOnce) {
    const pieces = await pool.rows<{ id: string; pieces: string[] }>(
      `SELECT ${idText(chunks)} AS id, array_agg(chunk_data::text ORDER BY chunk_index) AS pieces
        FROM ${chunks.name} WHERE ${idCondition(chunks, ids.slice(from, from + rowsAtOnce))} AND chunk_data IS NOT NULL
        GROUP BY 1`,
      [],
      { signal, purpose },
    )
    for (const row of pieces) answers.set(row.id, JSON.stringify({ chunks: row.pieces }))
  }
  return answers
}
