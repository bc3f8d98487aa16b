import {
  BIGINT,
  DuckDBDataChunk,
  INTEGER,
  UTINYINT,
  UUID,
  uuidValue,
  VARCHAR,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import { createHash } from '../core/threads/create-hash'
import { columnList } from './schema'
import { uuidList, type Statements } from './session'
import { noRows } from './commit-watch'

export interface IndexedText {
  id: string
  /** False for the first line alone. */
  isWhole: boolean
  terms: ReadonlySet<string>
}

const docStage = { doc: INTEGER, id: UUID, whole: UTINYINT }
const termStage = { hash: BIGINT, doc: INTEGER }
const wordStage = { hash: BIGINT, word: VARCHAR }
const rowsPerChunk = 2048

export function hashOf(term: string): number {
  return createHash().add(term).value()
}

/** Puts texts into the index; a text that is there already is replaced. One transaction. */
export async function writeTexts(statements: Statements, texts: readonly IndexedText[]): Promise<void> {
  const [{ next } = { next: 0 }] = await statements.rows<{ next: number }>(
    'SELECT coalesce(max(doc) + 1, 0)::INTEGER AS next FROM text_doc',
  )
  const hashes = new Map<string, bigint>()
  for (const { terms } of texts) for (const term of terms) if (!hashes.has(term)) hashes.set(term, BigInt(hashOf(term)))
  await stage(
    statements,
    'text_doc_stage',
    docStage,
    texts.map(({ id, isWhole }, index) => [
      next + index,
      uuidValue(BigInt(`0x${id.replaceAll('-', '')}`)),
      isWhole ? 1 : 0,
    ]),
  )
  const places = texts.flatMap(({ terms }, index) => [...terms].map((term) => [hashes.get(term)!, next + index]))
  await stage(statements, 'text_term_stage', termStage, places)
  await stage(
    statements,
    'text_word_stage',
    wordStage,
    [...hashes].map(([word, hash]) => [hash, word]),
  )
  await statements.transaction(async () => {
    await statements.run(`DELETE FROM text_doc d USING text_doc_stage s WHERE d.id = s.id AND d.whole = s.whole`)
    await statements.run('INSERT INTO text_doc SELECT * FROM text_doc_stage')
    await statements.run(`INSERT INTO text_term
      SELECT hash, list(doc ORDER BY doc) FROM text_term_stage GROUP BY hash ORDER BY hash`)
    await statements.run(`INSERT INTO text_word
      SELECT hash, word FROM text_word_stage s WHERE NOT EXISTS (SELECT 1 FROM text_word w WHERE w.hash = s.hash)`)
  }, noRows)
  for (const table of ['text_doc_stage', 'text_term_stage', 'text_word_stage'])
    await statements.run(`DROP TABLE ${table}`)
}

/** Numbers that are put into lists at once: what memory easily holds. */
const placesPerPart = 500_000

/**
 * Takes whole texts out of the index, of some requests or of all, and with them their numbers under each word and the
 * words that no other text has. One transaction.
 */
export async function removeWholeTexts(statements: Statements, ids: readonly string[] | 'all'): Promise<void> {
  const which = ids === 'all' ? '' : `AND id IN ${uuidList(ids)}`
  await statements.transaction(async () => {
    await statements.run(`DELETE FROM text_doc WHERE whole = 1 ${which}`)
    // Numbers are given anew, so none may stay under a word, those of texts that were replaced included.
    await statements.run(`CREATE OR REPLACE TEMP TABLE text_loose AS
      SELECT DISTINCT list FROM (SELECT rowid AS list, unnest(docs) AS doc FROM text_term)
      WHERE doc NOT IN (SELECT doc FROM text_doc)`)
    const [left] = await statements.rows<{ places: number }>(`
      SELECT count(*)::DOUBLE AS places FROM (SELECT rowid AS list, unnest(docs) AS doc FROM text_term)
      WHERE list IN (SELECT list FROM text_loose) AND doc IN (SELECT doc FROM text_doc)`)
    const parts = Math.ceil(left!.places / placesPerPart)
    await statements.run(
      `CREATE OR REPLACE TEMP TABLE text_term_stage (${columnList({ hash: BIGINT })}, docs INTEGER[])`,
    )
    for (let part = 0; part < parts; part++) {
      await statements.run(`INSERT INTO text_term_stage
        SELECT hash, list(doc ORDER BY doc) FROM (
          SELECT hash, unnest(docs) AS doc FROM text_term
          WHERE abs(hash % ${parts}) = ${part} AND rowid IN (SELECT list FROM text_loose))
        WHERE doc IN (SELECT doc FROM text_doc) GROUP BY hash`)
    }
    await statements.run('DELETE FROM text_term WHERE rowid IN (SELECT list FROM text_loose)')
    await statements.run('INSERT INTO text_term SELECT hash, docs FROM text_term_stage ORDER BY hash')
    await statements.run('DELETE FROM text_word WHERE hash NOT IN (SELECT hash FROM text_term)')
  }, noRows)
  for (const table of ['text_loose', 'text_term_stage']) await statements.run(`DROP TABLE ${table}`)
}

async function stage(
  statements: Statements,
  table: string,
  columns: Record<string, DuckDBType>,
  rows: readonly DuckDBValue[][],
): Promise<void> {
  await statements.run(`CREATE OR REPLACE TEMP TABLE ${table} (${columnList(columns)})`)
  const appender = await statements.connection.createAppender(table, 'main', 'temp')
  try {
    for (let start = 0; start < rows.length; start += rowsPerChunk) {
      const part = rows.slice(start, start + rowsPerChunk)
      const chunk = DuckDBDataChunk.create(Object.values(columns), part.length)
      chunk.setRows(part)
      appender.appendDataChunk(chunk)
    }
  } finally {
    appender.closeSync()
  }
}
