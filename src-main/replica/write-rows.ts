import type { Log } from '../core/ports'
import { appendRows, createStage, insertStaged, textsOf } from './append-rows'
import { momentsOf, noRows, type Touched } from './commit-watch'
import { addRange, clipRanges } from './coverage'
import { hourOf, rollUpHours, rollUpStretch } from './hourly'
import { writeKnownIdentity, type KnownIdentity } from './identity'
import type { Pricer } from './price-request'
import { rollUpRange, type HourTally } from './roll-up-rows'
import type { Look, LookResult, RowKey, StoreRange, TimeRange } from './replica-store'
import { sourceColumns } from './schema'
import { uuidList, type Session, type Statements } from './session'
import { endOfTimeUs, hourUs } from './time-units'
import type { Words } from './words'

/** What stands in the `replica` and `coverage` tables, as it is after the last commit. */
export interface Watermark {
  asOfUs: number | null
  rolledUntilHour: number
  coverage: TimeRange[]
}

export interface WriteContext {
  session: Session
  words: Words
  pricer: Pricer
  log: Log
  watermark: Watermark
}

/** `asOf` is written at least this often while nothing else is. */
const persistEveryUs = 60_000_000
/** The newest hours change with every look and are summed from rows. */
const unrolledHours = 1

/** The request and what was read of its answer: one goes with the other. */
const rowTables = ['request', 'tool_call']
/** All that is made of rows. */
const allRowTables = [...rowTables, 'hourly', 'preview', 'iterations', 'fingerprint', 'thread_link']

const stage = 'stage'

/** The writes that follow the source. Each is one transaction together with its watermark. */
export function createRowWrites(context: WriteContext) {
  const { session, words, watermark } = context
  let persistedAsOfUs = watermark.asOfUs ?? 0

  /** Writes the new watermark within the transaction of `work` and takes it over once that is committed. */
  async function commitWith(
    statements: Statements,
    next: Partial<Watermark>,
    touched: Touched,
    work: (rolledUntilHour: number) => Promise<void>,
  ): Promise<void> {
    const { asOfUs, rolledUntilHour, coverage } = { ...watermark, ...next }
    await statements.transaction(async () => {
      await work(rolledUntilHour)
      await statements.run(`UPDATE replica SET as_of_us = ${asOfUs ?? 'NULL'}, rolled_until_hour = ${rolledUntilHour}`)
      await statements.run('DELETE FROM coverage')
      if (coverage.length > 0) {
        const values = coverage.map((range) => `(${range.fromUs}, ${range.toUs})`)
        await statements.run(`INSERT INTO coverage VALUES ${values.join(', ')}`)
      }
    }, touched)
    Object.assign(watermark, { asOfUs, rolledUntilHour, coverage })
    persistedAsOfUs = asOfUs ?? 0
  }

  async function storeRange({ range, coveredToUs = range.toUs, spans }: StoreRange): Promise<void> {
    const isTop = range.toUs === endOfTimeUs && coveredToUs < endOfTimeUs
    await session.use(async (statements) => {
      const tally = await stageRows(statements, spans)
      const where = `timestamp_us >= ${range.fromUs} AND timestamp_us < ${range.toUs}`
      const next: Partial<Watermark> = {
        coverage: addRange(watermark.coverage, { fromUs: range.fromUs, toUs: coveredToUs }),
        ...(isTop && { asOfUs: coveredToUs }),
        // From the first rows on, whatever is older than them is rolled up as it comes.
        ...(watermark.rolledUntilHour === 0 && { rolledUntilHour: hourOf(coveredToUs) - unrolledHours }),
      }
      const { rolledUntilHour: rolledBefore } = watermark
      const rolled = hoursRange(rolledBefore, next.rolledUntilHour ?? rolledBefore)
      await commitWith(statements, next, [range, rolled], async (rolledUntilHour) => {
        const [found] = await statements.rows(`SELECT 1 FROM request WHERE ${where} LIMIT 1`)
        if (found) {
          for (const table of rowTables) await statements.run(`DELETE FROM ${table} WHERE ${where}`)
        }
        await insertStaged(statements, stage, { areInOrder: true })
        const lastUs = isTop ? coveredToUs : range.toUs - 1
        await rollUpRange(statements, range, { tally, lastUs, rolledUntilHour })
      })
      await statements.run(`DROP TABLE ${stage}`)
    })
  }

  async function stageRows(statements: Statements, spans: Look['spans']): Promise<HourTally> {
    for (const batch of new Set(spans.map((span) => span.batch))) await words.learn(statements, textsOf(batch))
    await createStage(statements, stage)
    return appendRows(statements, stage, spans, context)
  }

  async function applyLook(look: Look): Promise<LookResult> {
    return session.use(async (statements) => {
      const { asOfUs } = look
      const top = watermark.coverage.at(-1)
      const next: Partial<Watermark> = {
        asOfUs: Math.max(asOfUs, watermark.asOfUs ?? 0),
        coverage: addRange(watermark.coverage, { fromUs: top?.toUs ?? asOfUs, toUs: asOfUs }),
      }
      const difference = await findDifference(statements, look)
      const { fresh, gone } = difference
      const closedUntilHour = hourOf(asOfUs) - unrolledHours
      const isQuiet = fresh.length === 0 && gone.length === 0 && closedUntilHour <= watermark.rolledUntilHour
      if (isQuiet && asOfUs - persistedAsOfUs < persistEveryUs) {
        Object.assign(watermark, next)
      } else {
        const rolledBefore = watermark.rolledUntilHour
        next.rolledUntilHour = Math.max(closedUntilHour, rolledBefore)
        const touched = [...momentsOf([...fresh, ...gone]), hoursRange(rolledBefore, next.rolledUntilHour)]
        await commitWith(statements, next, touched, async (rolledUntilHour) => {
          await replaceRows(statements, difference)
          await rollUpStretch(statements, rolledBefore, rolledUntilHour, rolledUntilHour)
          const hours = [...fresh, ...gone].map((key) => hourOf(key.timestampUs))
          await rollUpHours(statements, hours, rolledBefore)
        })
      }
      await statements.run(`DROP TABLE ${stage}`)
      const known = (row: StagedRow): boolean => row.known
      return {
        added: fresh.filter((row) => !known(row)).map(toKey),
        changed: fresh.filter(known).map(toKey),
        removedRows: gone.length,
        toRead: fresh.filter((row) => row.answered).map(toKey),
      }
    })
  }

  /** Leaves the rows that are new or different in `stage`. */
  async function findDifference(statements: Statements, look: Look): Promise<Difference> {
    await stageRows(statements, look.spans)
    const gone = await statements.rows<RowKey>(`
      SELECT timestamp_us::DOUBLE AS "timestampUs", id::VARCHAR AS id FROM request r
      WHERE timestamp_us >= ${look.windowFromUs} AND timestamp_us < ${look.windowToUs ?? endOfTimeUs} AND NOT EXISTS (
        SELECT 1 FROM stage s WHERE s.timestamp_us = r.timestamp_us AND s.id = r.id)`)
    const [oldest] = await statements.rows<{ us: number | null }>('SELECT min(timestamp_us)::DOUBLE AS us FROM stage')
    const lowestUs = oldest?.us ?? look.windowFromUs
    const isSame = sourceColumns.map((column) => `s.${column} = r.${column}`).join(' AND ')
    const isSameRow = `r.timestamp_us >= ${lowestUs} AND s.timestamp_us = r.timestamp_us AND s.id = r.id`
    await statements.run(`DELETE FROM stage s USING request r WHERE ${isSameRow} AND ${isSame}`)
    const fresh = await statements.rows<StagedRow>(`
      SELECT s.timestamp_us::DOUBLE AS "timestampUs", s.id::VARCHAR AS id, s.answered = 1 AS answered,
        EXISTS (SELECT 1 FROM request r WHERE ${isSameRow}) AS known
      FROM stage s ORDER BY s.timestamp_us DESC, s.id DESC`)
    return { fresh, gone: [...gone, ...look.missing] }
  }

  async function replaceRows(statements: Statements, { fresh, gone }: Difference): Promise<void> {
    await deleteRows(statements, [...gone, ...fresh.filter((row) => row.known)])
    if (fresh.length > 0) await insertStaged(statements, stage, { areInOrder: false })
  }

  async function uncoverAfter(us: number): Promise<void> {
    await session.use((statements) =>
      commitWith(
        statements,
        { coverage: clipRanges(watermark.coverage, { fromUs: -Infinity, toUs: us }) },
        noRows,
        async () => undefined,
      ),
    )
  }

  async function prune(beforeUs: number): Promise<void> {
    await session.use(async (statements) => {
      const coverage = clipRanges(watermark.coverage, { fromUs: beforeUs, toUs: Infinity })
      await commitWith(statements, { coverage }, [{ fromUs: 0, toUs: beforeUs }], async () => {
        await statements.run(`DELETE FROM hourly WHERE hour < ${hourOf(beforeUs)}`)
        // Kept after their row was written, so at most as long again.
        for (const table of ['preview', 'iterations']) {
          await statements.run(`DELETE FROM ${table} WHERE kept_at_us < ${beforeUs}`)
        }
        for (const table of [...rowTables, 'fingerprint', 'thread_link']) {
          await statements.run(`DELETE FROM ${table} WHERE timestamp_us < ${beforeUs}`)
        }
      })
    })
  }

  /** Everything of the rows goes; texts that rows shared stay, as they have their codes in memory. */
  async function clear(identity: KnownIdentity): Promise<void> {
    await session.use((statements) =>
      commitWith(statements, { asOfUs: null, rolledUntilHour: 0, coverage: [] }, 'everything', async () => {
        for (const table of allRowTables) await statements.run(`DELETE FROM ${table}`)
        await writeKnownIdentity(statements, identity)
      }),
    )
  }

  /** So that the next start reads on from the last look, not from the last change. */
  async function persistAsOf(): Promise<void> {
    if (watermark.asOfUs === null || watermark.asOfUs === persistedAsOfUs) return
    await session.use((statements) => commitWith(statements, {}, noRows, async () => undefined))
  }

  return { storeRange, applyLook, uncoverAfter, prune, clear, persistAsOf }
}

interface StagedRow extends RowKey {
  answered: boolean
  known: boolean
}

interface Difference {
  fresh: StagedRow[]
  gone: RowKey[]
}

function hoursRange(fromHour: number, toHour: number): TimeRange {
  return { fromUs: fromHour * hourUs, toUs: toHour * hourUs }
}

function toKey({ timestampUs, id }: RowKey): RowKey {
  return { timestampUs, id }
}

async function deleteRows(statements: Statements, keys: readonly RowKey[]): Promise<void> {
  for (let start = 0; start < keys.length; start += 1000) {
    const part = keys.slice(start, start + 1000)
    const times = part.map((key) => key.timestampUs)
    const where = `timestamp_us BETWEEN ${Math.min(...times)} AND ${Math.max(...times)} AND id IN ${uuidList(part.map((key) => key.id))}`
    for (const table of rowTables) await statements.run(`DELETE FROM ${table} WHERE ${where}`)
  }
}
