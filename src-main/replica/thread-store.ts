import { setImmediate as giveWay } from 'node:timers/promises'
import {
  blobValue,
  DuckDBDataChunk,
  uuidValue,
  type DuckDBBlobValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import { noRows } from './commit-watch'
import { fingerprintVersion } from './pack-fingerprint'
import type { RowKey } from './replica-store'
import { columnList, linkColumns, printColumns } from './schema'
import { uuidList, type Session, type Statements } from './session'
import type { BodyPrint, PackedRequests, TurnLink } from './thread-work'
import type { Words } from './words'

/** A row whose bodies are to be read for threading. */
export interface UnreadRow extends RowKey {
  /** Code of its domain. */
  domain: number
  answered: number
}

export interface ReadPrint extends BodyPrint {
  row: UnreadRow
}

/** What threading keeps: fingerprints, and the links made of them. Each method is one transaction. */
export interface ThreadStore {
  /** Rows of the newest `mostRows` since `sinceUs` whose bodies were not read as they are now, newest first. */
  unreadRows(from: { sinceUs: number; mostRows: number; limit: number }): Promise<UnreadRow[]>
  /** Unread rows of one domain within a range, those nearest to `nearUs` first. */
  unreadNear(from: { domain: number; nearUs: number; withinUs: number; limit: number }): Promise<UnreadRow[]>
  /** A row by its id, read or not; null for an unknown one. */
  threadRow(id: string): Promise<UnreadRow | null>
  /** Keeps fingerprints. The links of their requests are forgotten, so that they are joined anew. */
  keepPrints(prints: ReadPrint[]): Promise<void>
  /** Codes of the domains that have fingerprints without a link. */
  domainsToLink(): Promise<number[]>
  domainName(domain: number): string | null
  /** The requests of a domain that have fingerprints, part by part, each with the ids of those that have no link. */
  visitPrints(
    domain: number,
    which: 'all' | 'unlinked',
    visit: (requests: PackedRequests, unlinkedIds: string[]) => Promise<void>,
  ): Promise<void>
  /** Keeps links of one domain, or none of them where it gives ids: requests that are not there any more, or elsewhere. */
  keepLinks(domain: number, links: TurnLink[]): Promise<string[]>
  /** Forgets the links of whole conversations: those of these requests, and all that the user has changed. */
  forgetLinks(ids: string[]): Promise<void>
}

const rowsPerChunk = 2048
const rowColumns = `r.timestamp_us::DOUBLE AS "timestampUs", r.id::VARCHAR AS id, r.domain, r.answered`
/** An answer that came after the reading is another body. */
const isRead = `EXISTS (SELECT 1 FROM fingerprint f
  WHERE f.id = r.id AND f.version = ${fingerprintVersion} AND f.answered >= r.answered)`

export function createThreadStore(from: { writer: Session; reader(): Session; words: Words }): ThreadStore {
  const { writer, words } = from
  const read: Session['use'] = (work) => from.reader().use(work)
  return {
    unreadRows: ({ sinceUs, mostRows, limit }) =>
      read((statements) =>
        statements.rows<UnreadRow>(`
          SELECT ${rowColumns} FROM (
            SELECT timestamp_us, id, domain, answered FROM request WHERE timestamp_us >= ${sinceUs}
            ORDER BY timestamp_us DESC LIMIT ${mostRows}) r
          WHERE NOT ${isRead} ORDER BY r.timestamp_us DESC, r.id DESC LIMIT ${limit}`),
      ),
    unreadNear: ({ domain, nearUs, withinUs, limit }) =>
      read((statements) =>
        statements.rows<UnreadRow>(`
          SELECT ${rowColumns} FROM request r
          WHERE r.domain = ${domain} AND r.timestamp_us BETWEEN ${nearUs - withinUs} AND ${nearUs + withinUs}
            AND NOT ${isRead} ORDER BY abs(r.timestamp_us - ${nearUs}), r.id LIMIT ${limit}`),
      ),
    threadRow: (id) =>
      read(async (statements) => {
        const rows = await statements.rows<UnreadRow>(
          `SELECT ${rowColumns} FROM request r WHERE r.id IN ${uuidList([id])}`,
        )
        return rows[0] ?? null
      }),
    keepPrints: (prints) => writer.use((statements) => keepPrints(statements, prints)),
    domainsToLink: () =>
      read(async (statements) => {
        const rows = await statements.rows<{ domain: number }>(`
          SELECT DISTINCT r.domain FROM request r SEMI JOIN fingerprint f ON f.id = r.id
          WHERE NOT EXISTS (SELECT 1 FROM thread_link l WHERE l.id = r.id) ORDER BY r.domain`)
        return rows.map(({ domain }) => domain)
      }),
    domainName: (domain) => words.text(domain),
    visitPrints: (domain, which, visit) => read((statements) => visitPrints(statements, domain, which, visit)),
    keepLinks: (domain, links) => writer.use((statements) => keepLinks(statements, domain, links)),
    forgetLinks: (ids) =>
      writer.use((statements) =>
        statements.run(`DELETE FROM thread_link WHERE conversation_id IN (
          SELECT conversation_id FROM thread_link WHERE reason = 'by-hand' OR id IN ${uuidList(ids)})`),
      ),
  }
}

/** Block by block with room for others in between: a domain may have tens of thousands. */
async function visitPrints(
  statements: Statements,
  domain: number,
  which: 'all' | 'unlinked',
  visit: (requests: PackedRequests, unlinkedIds: string[]) => Promise<void>,
): Promise<void> {
  const found = await statements.connection.run(`
    SELECT r.timestamp_us::DOUBLE, r.id::VARCHAR, f.print, l.id IS NOT NULL
    FROM request r JOIN fingerprint f ON f.id = r.id LEFT JOIN thread_link l ON l.id = r.id
    WHERE r.domain = ${domain} AND f.version = ${fingerprintVersion} ${which === 'all' ? '' : 'AND l.id IS NULL'}`)
  for (let chunk = await found.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await found.fetchChunk()) {
    const rows = chunk.getRows() as unknown as PrintedRow[]
    await visit(
      packRows(rows),
      rows.flatMap(([, id, , isLinked]) => (isLinked ? [] : [id])),
    )
    await giveWay()
  }
}

/** The driver gives each column as its own kind of value. */
type PrintedRow = [timestampUs: number, id: string, print: DuckDBBlobValue, isLinked: boolean]

function packRows(rows: readonly PrintedRow[]): PackedRequests {
  const prints = rows.map(([, , { bytes }]) => bytes)
  let end = 0
  return {
    ids: rows.map(([, id]) => id),
    timestampsUs: Float64Array.from(rows, ([timestampUs]) => timestampUs),
    ends: Uint32Array.from(prints, ({ length }) => (end += length)),
    prints: Buffer.concat(prints),
  }
}

async function keepPrints(statements: Statements, prints: ReadPrint[]): Promise<void> {
  if (prints.length === 0) return
  await stageRows(statements, 'print_stage', printColumns, prints, ({ row, print, repeatedCalls }) => [
    BigInt(row.timestampUs),
    toUuid(row.id),
    fingerprintVersion,
    row.answered,
    blobValue(print),
    repeatedCalls,
  ])
  await statements.transaction(async () => {
    await statements.run('DELETE FROM fingerprint WHERE id IN (SELECT id FROM print_stage)')
    await statements.run('DELETE FROM thread_link WHERE id IN (SELECT id FROM print_stage)')
    await statements.run('INSERT INTO fingerprint SELECT * FROM print_stage')
  }, noRows)
  await statements.run('DROP TABLE print_stage')
}

async function keepLinks(statements: Statements, domain: number, links: TurnLink[]): Promise<string[]> {
  if (links.length === 0) return []
  await stageRows(statements, 'link_stage', linkColumns, links, (link) => [
    BigInt(link.timestampUs),
    toUuid(link.id),
    link.conversationId,
    link.branch,
    link.kind,
    link.parentId ?? '',
    link.retryOf ?? '',
    link.toolUseId ?? '',
    link.reason,
    link.confidence,
    link.turn,
  ])
  const gone = await statements.rows<{ id: string }>(`
    SELECT s.id::VARCHAR AS id FROM link_stage s WHERE NOT EXISTS (
      SELECT 1 FROM request r WHERE r.id = s.id AND r.timestamp_us = s.timestamp_us AND r.domain = ${domain})`)
  await statements.transaction(async () => {
    if (gone.length > 0) {
      // A row that is elsewhere now is to be joined there.
      await statements.run(`DELETE FROM thread_link WHERE id IN ${uuidList(gone.map(({ id }) => id))}`)
      return
    }
    await statements.run('DELETE FROM thread_link WHERE id IN (SELECT id FROM link_stage)')
    await statements.run('INSERT INTO thread_link SELECT * FROM link_stage')
  }, noRows)
  await statements.run('DROP TABLE link_stage')
  return gone.map(({ id }) => id)
}

async function stageRows<Item>(
  statements: Statements,
  table: string,
  columns: Record<string, DuckDBType>,
  items: readonly Item[],
  valuesOf: (item: Item) => DuckDBValue[],
): Promise<void> {
  await statements.run(`CREATE OR REPLACE TEMP TABLE ${table} (${columnList(columns)})`)
  const appender = await statements.connection.createAppender(table, 'main', 'temp')
  try {
    for (let start = 0; start < items.length; start += rowsPerChunk) {
      const part = items.slice(start, start + rowsPerChunk)
      const chunk = DuckDBDataChunk.create(Object.values(columns), part.length)
      chunk.setRows(part.map(valuesOf))
      appender.appendDataChunk(chunk)
    }
  } finally {
    appender.closeSync()
  }
}

function toUuid(id: string) {
  return uuidValue(BigInt(`0x${id.replaceAll('-', '')}`))
}
