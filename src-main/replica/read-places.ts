import { boundUuids, joinUuids, type Statements } from './session'

/** Conversation and turn of rows on a list; requests that are not joined yet are left out. */
export async function readPlaces(
  statements: Statements,
  ids: readonly string[],
): Promise<Map<string, { conversationId: string; turn: number }>> {
  const joined = joinUuids(ids)
  if (joined === null) return new Map()
  const places = await statements.rows<{ id: string; conversationId: string; turn: number }>(
    `SELECT id::VARCHAR AS id, conversation_id AS "conversationId", turn FROM thread_link WHERE id IN ${boundUuids}`,
    [joined],
  )
  return new Map(places.map(({ id, conversationId, turn }) => [id, { conversationId, turn }]))
}
