import type { OfflineWish } from '../core/ports'
import { uuidList, type Statements } from './session'
import type { Words } from './words'

/** Ids of answered requests that the user wants to have without a network, newest first. */
export async function readOfflineRows(
  statements: Statements,
  words: Words,
  wish: Omit<OfflineWish, 'days' | 'maxBytes'> & { sinceUs: number; limit: number },
): Promise<string[]> {
  const { newest, sinceUs, limit } = wish
  const domains = wish.domains.map((domain) => words.find(domain)).filter((code) => code !== null)
  const conversations = `SELECT conversation_id FROM thread_link WHERE id IN ${uuidList(wish.conversationsOf)}`
  const rows = await statements.rows<{ id: string }>(`
    WITH answered AS (SELECT timestamp_us, id, domain FROM request WHERE answered = 1 AND timestamp_us >= ${sinceUs})
    SELECT id::VARCHAR AS id FROM answered
    WHERE id IN (SELECT id FROM answered ORDER BY timestamp_us DESC LIMIT ${newest})
      OR domain IN (${domains.length === 0 ? 'NULL' : domains.join(', ')})
      OR id IN ${uuidList([...wish.requests, ...wish.conversationsOf])}
      OR id IN (SELECT id FROM thread_link WHERE conversation_id IN (${conversations}))
    ORDER BY timestamp_us DESC LIMIT ${limit}`)
  return rows.map(({ id }) => id)
}
