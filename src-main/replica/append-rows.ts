import { setImmediate as nextTurn } from 'node:timers/promises'
import { DuckDBDataChunk, type DuckDBAppender, type DuckDBVector } from '@duckdb/node-api'
import type { RequestBatch } from '../core/ports'
import type { UsageToPrice } from '../core/pricing/usage-to-price'
import { noRows } from './commit-watch'
import { priceRequest, pricing, type Pricer } from './price-request'
import type { RowSpan } from './replica-store'
import { createHourTally, type HourTally, type RolledRow } from './roll-up-rows'
import { columnList, requestColumns, sourceColumns, sourceNull, type RequestColumn } from './schema'
import type { Statements } from './session'
import type { Words } from './words'

/** Rows of one chunk: DuckDB's own vector size. */
const chunkRows = 2048
/** After this many rows everything else gets its turn. */
const rowsPerTurn = 4 * chunkRows

/** What the source says of a row, and its price by that. The other columns are 0 until the answer is read. */
const stagedColumns = ['timestamp_us', 'id', ...sourceColumns, 'cost_pico', 'pricing'] as const
type StagedColumn = (typeof stagedColumns)[number]
const emptyColumns = Object.keys(requestColumns).filter((name) => !stagedColumns.some((staged) => staged === name))

/** A table in memory, uncompressed: what costs time is left to the statement that takes the rows from there. */
export async function createStage(statements: Statements, name: string): Promise<void> {
  const columns = Object.fromEntries(stagedColumns.map((column) => [column, requestColumns[column]]))
  await statements.run(`CREATE OR REPLACE TEMP TABLE ${name} (${columnList(columns)})`)
}

/** Takes the rows of a stage over. Runs on DuckDB's own threads. */
export async function insertStaged(
  statements: Statements,
  name: string,
  { areInOrder }: { areInOrder: boolean },
): Promise<void> {
  await statements.run(`
    INSERT INTO request (${[...stagedColumns, ...emptyColumns].join(', ')})
    SELECT ${[...stagedColumns, ...emptyColumns.map(() => '0')].join(', ')} FROM ${name}
    ${areInOrder ? '' : 'ORDER BY timestamp_us'}`)
}

/**
 * Appends rows to a stage, priced by their token columns. Gives their sums by hour. The appender works in this thread:
 * what it was given goes over a turn's rows at a time, and in one transaction, whose end is on DuckDB's own threads.
 */
export async function appendRows(
  statements: Statements,
  stage: string,
  spans: readonly RowSpan[],
  context: { words: Words; pricer: Pricer },
): Promise<HourTally> {
  return statements.transaction(() => append(statements, stage, spans, context), noRows)
}

async function append(
  statements: Statements,
  stage: string,
  spans: readonly RowSpan[],
  { words, pricer }: { words: Words; pricer: Pricer },
): Promise<HourTally> {
  const tally = createHourTally()
  const appender = await statements.connection.createAppender(stage, 'main', 'temp')
  try {
    const block = createBlock(appender, pricer, tally)
    let rows = 0
    for (const { batch, from, to } of spans) {
      const codes = {
        domain: words.translate(batch.domain),
        model: words.translate(batch.model),
        requestType: words.translate(batch.requestType),
      }
      for (let start = from; start < to;) {
        const taken = block.add(batch, start, to, codes)
        start += taken
        rows += taken
        if (rows < rowsPerTurn) continue
        rows = 0
        appender.flushSync()
        await nextTurn()
      }
    }
    block.append()
    return tally
  } finally {
    appender.closeSync()
  }
}

/** Texts of a batch that the rows may use. */
export function textsOf(batch: RequestBatch): string[] {
  return [...batch.domain.values, ...batch.model.values, ...batch.requestType.values]
}

interface Codes {
  domain: Uint32Array
  model: Uint32Array
  requestType: Uint32Array
}

function createBlock(appender: DuckDBAppender, pricer: Pricer, tally: HourTally) {
  const chunk = DuckDBDataChunk.create(
    stagedColumns.map((name) => requestColumns[name]),
    chunkRows,
  )
  let columns = viewColumns(chunk)
  let rows = 0
  const usage: UsageToPrice = {
    model: null,
    domain: null,
    timestampMs: 0,
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWrite5mTokens: null,
    cacheWrite1hTokens: null,
    cacheWriteSplitUnknown: false,
    webSearches: null,
    serviceTier: null,
    speed: null,
    inferenceGeo: null,
    iterations: null,
  }
  const rolled: RolledRow = {
    timestampUs: 0,
    domain: 0,
    model: 0,
    inputTokens: 0,
    outputTokens: 0,
    responseTimeMs: -1,
    picoUsd: 0,
    isPriced: false,
    isUnpriced: false,
    isAnswered: false,
    isFailed: false,
  }

  function append(): void {
    if (rows === 0) return
    if (rows < chunkRows) {
      // A shorter chunk has shorter vectors: the values move over.
      const filled = stagedColumns.map((name) => columns[name].bytes.slice(0, rows * columns[name].width))
      chunk.rowCount = rows
      columns = viewColumns(chunk)
      for (const [index, name] of stagedColumns.entries()) columns[name].bytes.set(filled[index]!)
    }
    for (const name of stagedColumns) columns[name].vector.flush()
    appender.appendDataChunk(chunk)
    if (rows < chunkRows) {
      chunk.rowCount = chunkRows
      columns = viewColumns(chunk)
    }
    rows = 0
  }

  /** What the batch has as it is wanted, column by column. */
  function copyColumns(batch: RequestBatch, from: number, to: number, codes: Codes): void {
    const at = rows
    columns.input_tokens.words.set(batch.inputTokens.values.subarray(from, to), at)
    columns.output_tokens.words.set(batch.outputTokens.values.subarray(from, to), at)
    columns.response_time_ms.words.set(batch.responseTimeMs.values.subarray(from, to), at)
    columns.stream.bytes.set(batch.stream.subarray(from, to), at)
    columns.answered.bytes.set(batch.answered.subarray(from, to), at)
    columns.failed.bytes.set(batch.failed.subarray(from, to), at)
    for (let row = from; row < to; row++) setUuid(columns.id.bytes, at + row - from, batch.id, row)
    translate(columns.domain.words, at, batch.domain.codes.subarray(from, to), codes.domain)
    translate(columns.model.words, at, batch.model.codes.subarray(from, to), codes.model)
    translate(columns.request_type.words, at, batch.requestType.codes.subarray(from, to), codes.requestType)
  }

  function priceRow(batch: RequestBatch, row: number, at: number): void {
    const timestampUs = batch.timestampUs[row]!
    const inputIsNull = batch.inputTokens.isNull[row] === 1
    const outputIsNull = batch.outputTokens.isNull[row] === 1
    const timeIsNull = batch.responseTimeMs.isNull[row] === 1
    const modelCode = batch.model.codes[row]!
    usage.model = modelCode === 0 ? null : batch.model.values[modelCode - 1]!
    const domainCode = batch.domain.codes[row]!
    usage.domain = domainCode === 0 ? null : batch.domain.values[domainCode - 1]!
    usage.timestampMs = timestampUs / 1000
    usage.inputTokens = inputIsNull ? null : batch.inputTokens.values[row]!
    usage.outputTokens = outputIsNull ? null : batch.outputTokens.values[row]!
    const price = priceRequest(pricer, usage)
    setInt64(columns.timestamp_us.words, at, timestampUs)
    if (inputIsNull) columns.input_tokens.words[at] = 0
    if (outputIsNull) columns.output_tokens.words[at] = 0
    if (timeIsNull) columns.response_time_ms.words[at] = 0
    columns.source_nulls.bytes[at] =
      (inputIsNull ? sourceNull.inputTokens : 0) |
      (outputIsNull ? sourceNull.outputTokens : 0) |
      (timeIsNull ? sourceNull.responseTimeMs : 0)
    setInt64(columns.cost_pico.words, at, price.picoUsd)
    columns.pricing.bytes[at] = price.pricing
    rolled.timestampUs = timestampUs
    rolled.domain = columns.domain.words[at]!
    rolled.model = columns.model.words[at]!
    rolled.inputTokens = usage.inputTokens ?? 0
    rolled.outputTokens = usage.outputTokens ?? 0
    rolled.responseTimeMs = timeIsNull ? -1 : batch.responseTimeMs.values[row]!
    rolled.picoUsd = price.picoUsd
    rolled.isPriced = price.pricing === pricing.priced
    rolled.isUnpriced = price.pricing === pricing.unpriced
    rolled.isAnswered = batch.answered[row] === 1
    rolled.isFailed = batch.failed[row] === 1
    tally.add(rolled)
  }

  return {
    append,
    /** Takes as many of the rows `from` to `to` as the chunk has room for; gives how many. */
    add(batch: RequestBatch, from: number, to: number, codes: Codes): number {
      const end = Math.min(to, from + chunkRows - rows)
      copyColumns(batch, from, end, codes)
      for (let row = from; row < end; row++) priceRow(batch, row, rows + row - from)
      rows += end - from
      if (rows === chunkRows) append()
      return end - from
    },
  }
}

interface ColumnView {
  vector: DuckDBVector
  width: number
  bytes: Uint8Array
  /** The same memory as 32-bit words; empty for columns of one byte. */
  words: Uint32Array
}

/** The vectors' own memory: values go in without a check or a BigInt each. */
function viewColumns(chunk: DuckDBDataChunk): Record<StagedColumn, ColumnView> {
  const views = stagedColumns.map((name, index) => [name, viewColumn(chunk, name, index)] as const)
  return Object.fromEntries(views) as Record<StagedColumn, ColumnView>
}

function viewColumn(chunk: DuckDBDataChunk, name: RequestColumn, index: number): ColumnView {
  const vector = chunk.getColumnVector(index)
  const memory = (vector as unknown as { items?: Uint8Array; dataView?: DataView }).items ?? memoryOf(vector, name)
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength)
  const width = bytes.length / chunk.rowCount
  const words = width < 4 ? new Uint32Array(0) : new Uint32Array(memory.buffer, memory.byteOffset, bytes.length / 4)
  return { vector, width, bytes, words }
}

function memoryOf(vector: DuckDBVector, name: string): DataView {
  const { dataView } = vector as unknown as { dataView?: DataView }
  if (dataView) return dataView
  throw new Error(`The vector of ${name} does not show its memory`)
}

function translate(into: Uint32Array, at: number, codes: Uint32Array, known: Uint32Array): void {
  for (let index = 0; index < codes.length; index++) into[at + index] = known[codes[index]!]!
}

const uuidBytes = 16

/** DuckDB keeps a UUID as a 128-bit integer, little-endian, with the top bit flipped so that it sorts like text. */
function setUuid(bytes: Uint8Array, at: number, from: Uint8Array, row: number): void {
  const start = at * uuidBytes
  const last = row * uuidBytes + uuidBytes - 1
  for (let i = 0; i < uuidBytes; i++) bytes[start + i] = from[last - i]!
  bytes[start + uuidBytes - 1]! ^= 0x80
}

/** An integer that a float64 holds exactly, as 64 bits in two's complement. */
function setInt64(words: Uint32Array, at: number, value: number): void {
  const high = Math.floor(value / 4_294_967_296)
  words[2 * at] = value - high * 4_294_967_296
  words[2 * at + 1] = high
}
