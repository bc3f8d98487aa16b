import { setImmediate as nextTurn } from 'node:timers/promises'
import { lastUserText, lastUserTextOf } from '../core/bodies/last-user-text'
import type { CancelSignal } from '../core/ports'
import type { ConnectionPool } from './connection-pool'
import { unpackedSql } from './read-usage'
import { idCondition, idText, textOf } from './request-select'
import type { RequestTable } from './request-table'

const purpose = 'Previews'

/** Bodies stored in fewer bytes are fetched together; a larger one costs too much to unpack for a list at once. */
const smallBodyBytes = 8000

/** The last words of the user by id; '' where there are none. Unknown ids are left out. */
export async function readPreviews(
  pool: ConnectionPool,
  table: RequestTable,
  ids: string[],
  signal?: CancelSignal,
): Promise<Map<string, string>> {
  const body = table.columns.requestBody
  const found = await pool.rows<{ id: string; body: string | null; isLarge: boolean }>(
    `SELECT ${idText(table)} AS id,
      ${body ? `CASE WHEN pg_column_size(${body.name}) < ${smallBodyBytes} THEN ${textOf(body)} END` : textOf(body)} AS body,
      ${body ? `coalesce(pg_column_size(${body.name}) >= ${smallBodyBytes}, false)` : 'false'} AS "isLarge"
      FROM ${table.name} WHERE ${idCondition(table, ids)}`,
    [],
    { signal, purpose },
  )
  const previews = new Map<string, string>()
  for (const row of found) {
    if (row.isLarge) continue
    previews.set(row.id, row.body === null ? '' : lastUserText(row.body))
  }
  for (const { id, isLarge } of found) {
    if (!isLarge) continue
    previews.set(id, await readLargePreview(pool, table, id, signal))
    await nextTurn()
  }
  return previews
}

async function readLargePreview(
  pool: ConnectionPool,
  table: RequestTable,
  id: string,
  signal?: CancelSignal,
): Promise<string> {
  const body = table.columns.requestBody!
  const where = `WHERE ${idCondition(table, [id])}`
  if (body.type === 'jsonb') {
    const [row] = await pool.rows<{ messages: unknown }>(
      `SELECT ${lastMessagesSql} AS messages FROM ${table.name} ${unpackedSql(body.name)} ${where}`,
      [],
      { signal, purpose },
    )
    if (!row || row.messages !== null) return lastUserTextOf(row?.messages)
  }
  const [row] = await pool.rows<{ body: string | null }>(
    `SELECT ${textOf(body)} AS body FROM ${table.name} ${where}`,
    [],
    { signal, purpose },
  )
  return lastUserText(row?.body ?? '')
}

/** The newest user messages that hold text, with nothing but their text; null where the body has no messages. */
const lastMessagesSql = `
  CASE WHEN jsonb_typeof(unpacked.body -> 'messages') = 'array' THEN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('role', 'user', 'content', last.content) ORDER BY last.place), '[]')
    FROM (
      SELECT m.place, CASE jsonb_typeof(m.message -> 'content')
          WHEN 'string' THEN to_jsonb(left(m.message ->> 'content', 100000))
          ELSE (SELECT jsonb_agg(jsonb_build_object('type', 'text', 'text', left(block ->> 'text', 100000)))
            FROM jsonb_array_elements(m.message -> 'content') AS block WHERE block ->> 'type' = 'text')
        END AS content
      FROM jsonb_array_elements(unpacked.body -> 'messages') WITH ORDINALITY AS m(message, place)
      WHERE m.message ->> 'role' = 'user'
        AND (jsonb_typeof(m.message -> 'content') = 'string' OR m.message -> 'content' @> '[{"type":"text"}]')
      ORDER BY m.place DESC LIMIT 20
    ) AS last
  ) END`
