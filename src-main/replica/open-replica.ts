import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Annotation } from '../contract/annotations'
import { Failure } from '../core/failure'
import type { CancelSignal, Log, OverviewAnswer } from '../core/ports'
import { createBlockCache } from './block-cache'
import { bodiesWithIndex } from './bodies-with-index'
import { createBodyStore, type BodyLimits } from './body-store'
import { bytesOnDisk } from './bytes-on-disk'
import { noRows } from './commit-watch'
import { missingIn } from './coverage'
import { createFoundWords } from './found-words'
import { openDatabase } from './open-database'
import { readHourSums } from './hour-sums'
import { readKnownIdentity, writeKnownIdentity } from './identity'
import type { BodyKey } from './pack-bodies'
import type { Pricer } from './price-request'
import { readCosts } from './cost-answer'
import { readCostCells } from './cost-cells'
import { convertToParquet, countRows, exportRows } from './export-rows'
import { exportTable } from './export-table'
import { readCellsOf, visitKnownCells } from './read-cells'
import type { ReadContext, SumsInMemory } from './read-context'
import { readList } from './read-list'
import { readOfflineRows } from './read-offline-rows'
import { readOutcomes } from './read-outcomes'
import { readPeaks } from './read-peaks'
import { prepareOverview, type OverviewQuestion } from './read-overview'
import { readResponseTimes } from './read-response-times'
import { readRowsById } from './read-rows'
import { readTrends } from './read-trends'
import { createUndecidedReads } from './read-undecided'
import { readConversationStarts } from './read-conversation-starts'
import { readSearchable } from './read-searchable'
import { readThread } from './read-thread'
import { createRowTimes } from './row-times'
import { readValues } from './read-values'
import type { ReplicaStore, TimeRange } from './replica-store'
import { createRepricing } from './reprice'
import { uuidList, type Session, type Statements } from './session'
import { readCounts, readNewestUs, readUnanswered } from './sync-reads'
import { createTextIndex } from './text-index'
import { createThreadStore } from './thread-store'
import { isoFromUs } from './time-units'
import { readWords } from './words'
import { createRowWrites, type Watermark, type WriteContext } from './write-rows'
import { createUsageWrites } from './write-usage'

export type { ReplicaStore } from './replica-store'

const defaultBodyLimits: BodyLimits = { maxBytes: 512_000_000, maxDays: 60 }

/**
 * Opens the local copy of one source, or makes an empty one. `directory` holds the copies of all sources, each in a
 * folder of its own. Throws `replica-locked` when another process has it, `replica-failed` when the disk is at fault.
 */
export async function openReplica(options: {
  directory: string
  sourceKey: string
  ledger: Pricer
  log: Log
  /** What the user pinned, tagged and noted, for queries that ask for it. */
  annotations?: () => readonly Annotation[]
  bodyLimits?: BodyLimits
  /** What kept bodies are encrypted with; null for none. */
  bodyKey?: BodyKey
}): Promise<ReplicaStore> {
  const { log, ledger, sourceKey, bodyLimits: limits = defaultBodyLimits, bodyKey: key = null } = options
  const directory = join(options.directory, folderName(sourceKey))
  const blocks = createBlockCache()
  const database = await openDatabase(directory, sourceKey, log, blocks)
  try {
    const { words, watermark, ...read } = await database.writer.use(async (statements) => ({
      words: await readWords(statements),
      watermark: await readWatermark(statements),
      identity: await readKnownIdentity(statements),
    }))
    let { identity } = read
    const context: WriteContext = { session: database.writer, words, pricer: ledger, log, watermark }
    const rowWrites = createRowWrites(context)
    const usageWrites = createUsageWrites(context)
    const threads = createThreadStore({
      writer: database.writer,
      reader: () => leastBusy(database.readers),
      words,
    })
    const bodies = createBodyStore({
      directory: join(directory, 'bodies'),
      limits,
      key,
      log,
      onDrop: (id) => texts.dropBodies(id),
    })
    const texts = createTextIndex({
      writer: database.writer,
      reader: () => leastBusy(database.readers),
      bodies,
      isLocked: key !== null,
      rewriteFile: database.rewriteAtClosing,
      log,
    })
    texts.start()
    const foundWords = createFoundWords(texts.find)
    const times = createRowTimes()

    const iso = (): string | null => (watermark.asOfUs === null ? null : isoFromUs(watermark.asOfUs))
    const readingFrom = (memory: SumsInMemory | null): ReadContext => ({
      words,
      rolledUntilHour: watermark.rolledUntilHour,
      findText: foundWords.find,
      times,
      annotations: options.annotations ?? (() => []),
      memory,
    })
    /** The moment is taken before the snapshot: its figures may be newer than said, never older. */
    const snapshot = async <T>(
      read: (statements: Statements, context: ReadContext) => Promise<T>,
      signal?: CancelSignal,
      session = leastBusy(database.readers),
    ): Promise<T & { asOf: string | null }> =>
      session.use(async (statements) => {
        database.memory.noteQuestion()
        const answerFrom = (memory: SumsInMemory | null) => {
          const asOf = iso()
          return statements.transaction(async () => ({ ...(await read(statements, readingFrom(memory))), asOf }))
        }
        const mark = blocks.mark()
        if (mark === null) return answerFrom(null)
        const memory = { blocks, mark, isUsed: false }
        const answer = await answerFrom(memory)
        // A commit in between: memory may know of it while the transaction does not.
        return memory.isUsed && !blocks.isStill(mark) ? answerFrom(null) : answer
      }, signal)

    async function overview(question: OverviewQuestion): Promise<OverviewAnswer> {
      const prepared = prepareOverview(words, question)
      if (visitKnownCells({ words, rolledUntilHour: watermark.rolledUntilHour }, blocks, prepared.windows)) {
        return { ...prepared.answer(), asOf: iso() }
      }
      return snapshot(async (statements, reading) => {
        const { windows, answer } = prepareOverview(words, question)
        await readCellsOf(statements, reading, windows)
        return answer()
      })
    }

    return {
      ...rowWrites,
      ...usageWrites,
      ...threads,
      identity: () => identity,
      async keepIdentity(next) {
        await database.writer.use((statements) => writeKnownIdentity(statements, next))
        identity = next
      },
      async clear(next) {
        await rowWrites.clear(next)
        identity = next
      },
      newestRowUs: (beforeUs) => leastBusy(database.readers).use((statements) => readNewestUs(statements, beforeUs)),
      ...createRepricing(context, () => leastBusy(database.readers)),
      notice: database.notice,
      asOf: iso,
      asOfUs: () => watermark.asOfUs,
      coverage: () => watermark.coverage,
      missing: (window) => missingIn(watermark.coverage, window),
      overview: (window, previous, bucketStarts, by) => overview({ window, previous, bucketStarts, by }),
      costs: (question, signal) => snapshot((statements, reading) => readCosts(statements, reading, question), signal),
      costCells: async (window, bucketStarts, signal) => {
        const { cells } = await snapshot(
          async (statements, reading) => ({ cells: await readCostCells(statements, reading, window, bucketStarts) }),
          signal,
        )
        return cells
      },
      responseTimes: (question, signal) =>
        snapshot((statements, reading) => readResponseTimes(statements, reading, question), signal),
      trends: (parts, signal) => snapshot((statements, reading) => readTrends(statements, reading, parts), signal),
      outcomes: (question, signal) =>
        snapshot((statements, reading) => readOutcomes(statements, reading, question), signal),
      peaks: (question, signal) => snapshot((statements, reading) => readPeaks(statements, reading, question), signal),
      list: (query, signal) =>
        snapshot(
          async (statements, reading) => ({
            ...(await readList(statements, reading, query)),
            ...(await readSearchable(statements, reading, query, texts.isLocked())),
          }),
          signal,
        ),
      countRows: async (asked, signal) =>
        (await snapshot(async (statements, reading) => ({ rows: await countRows(statements, reading, asked) }), signal))
          .rows,
      ...createUndecidedReads(
        (work, signal) => leastBusy(database.readers).use((statements) => work(statements, readingFrom(null)), signal),
        texts.isLocked,
      ),
      rememberWords: foundWords.remember,
      exportRows: (asked, file, signal) =>
        snapshot((statements, reading) => exportRows(statements, reading, asked, file), signal, database.exporter),
      convertToParquet: (from, path, signal) =>
        database.exporter.use((statements) => convertToParquet(statements, from, path), signal),
      exportTable: (fromPath, columns, file, signal) =>
        database.exporter.use((statements) => exportTable(statements, fromPath, columns, file), signal),
      values: (field) =>
        leastBusy(database.readers).use((statements) =>
          readValues(statements, { words, rolledUntilHour: watermark.rolledUntilHour }, field),
        ),
      rows: (ids) => leastBusy(database.readers).use((statements) => readRowsById(statements, readingFrom(null), ids)),
      hourSums: (range) => leastBusy(database.readers).use((statements) => readHourSums(statements, range)),
      conversationStarts: (ids) =>
        leastBusy(database.readers).use((statements) => readConversationStarts(statements, ids)),
      thread: (id) =>
        leastBusy(database.readers).use((statements) =>
          statements.transaction(() => readThread(statements, readingFrom(null), id)),
        ),
      counts: () => leastBusy(database.readers).use((statements) => readCounts(statements, watermark.rolledUntilHour)),
      unansweredRows: (range, limit) =>
        leastBusy(database.readers).use((statements) => readUnanswered(statements, range, limit)),
      keptBodyIds: bodies.ids,
      keptBodies: (id) => bodies.read(id),
      async keepBodies(id, stored) {
        await bodies.write(id, stored)
        texts.addBodies(id, stored)
      },
      async keepPreviews(previews) {
        await database.writer.use((statements) => writePreviews(statements, previews))
        texts.addPreviews(previews)
      },
      bodies: bodiesWithIndex(bodies, texts),
      offlineRows: (wish) => leastBusy(database.readers).use((statements) => readOfflineRows(statements, words, wish)),
      bytesOnDisk: () =>
        bytesOnDisk(directory).catch((cause: unknown) => {
          throw new Failure('replica-failed', { cause })
        }),
      whileLoading: database.memory.whileLoading,
      checkpoint: () => database.writer.use((statements) => statements.run('CHECKPOINT')),
      async close() {
        await texts.close()
        await rowWrites.persistAsOf().catch((error: unknown) => {
          log.warn('The moment of the last look could not be written', { reason: String(error) })
        })
        await bodies.settle()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** The key itself where it is a plain file name. */
function folderName(sourceKey: string): string {
  const isPlain = /^[a-z\d][a-z\d._-]{0,99}$/.test(sourceKey)
  return isPlain ? sourceKey : createHash('sha256').update(sourceKey).digest('hex').slice(0, 32)
}

function leastBusy(sessions: readonly Session[]): Session {
  return sessions.reduce((best, session) => (session.waiting < best.waiting ? session : best))
}

async function readWatermark(statements: Statements): Promise<Watermark> {
  const [stored] = await statements.rows<{ asOfUs: number | null; rolledUntilHour: number }>(`
    SELECT as_of_us::DOUBLE AS "asOfUs", rolled_until_hour::DOUBLE AS "rolledUntilHour" FROM replica`)
  const coverage = await statements.rows<TimeRange>(`
    SELECT from_us::DOUBLE AS "fromUs", to_us::DOUBLE AS "toUs" FROM coverage ORDER BY from_us`)
  return { asOfUs: stored!.asOfUs, rolledUntilHour: stored!.rolledUntilHour, coverage }
}

async function writePreviews(statements: Statements, previews: Map<string, string>): Promise<void> {
  if (previews.size === 0) return
  await statements.transaction(async () => {
    await statements.run(`DELETE FROM preview WHERE id IN ${uuidList([...previews.keys()])}`)
    const nowUs = Date.now() * 1000
    for (const [id, preview] of previews) {
      await statements.rows('INSERT INTO preview VALUES ($1::UUID, $2, $3)', [id, preview, nowUs])
    }
  }, noRows)
}
