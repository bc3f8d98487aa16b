import { setImmediate as nextTurn } from 'node:timers/promises'
import { DuckDBDataChunk, type DuckDBAppender, type DuckDBVector } from '@duckdb/node-api'
import type { RequestBatch } from '../core/ports'
import type { UsageToPrice } from '../core/pricing/usage-to-price'
import { priceRequest, type Pricer } from './price-request'
import type { RowSpan } from './replica-store'
import { requestColumns, sourceNull, type RequestColumn } from './schema'
import type { Statements } from './session'
import type { Words } from './words'

/** Rows of one chunk: DuckDB's own vector size. */
const chunkRows = 2048
/** Flushing compresses on this thread: this many rows keep it from holding up everything else. */
const rowsPerTurn = 4 * chunkRows

const columnNames = Object.keys(requestColumns) as RequestColumn[]
const uuidBytes = 16

/** Appends rows with what the source says of them, priced by their token columns; usage is empty until it is read. */
export async function appendRows(
  statements: Statements,
  table: { name: string; isTemporary: boolean },
  spans: readonly RowSpan[],
  { words, pricer }: { words: Words; pricer: Pricer },
): Promise<void> {
  const appender = await statements.connection.createAppender(table.name, 'main', table.isTemporary ? 'temp' : null)
  try {
    const block = createBlock(appender)
    let rows = 0
    for (const { batch, from, to } of spans) {
      const codes = {
        domain: words.translate(batch.domain),
        model: words.translate(batch.model),
        requestType: words.translate(batch.requestType),
      }
      for (let row = from; row < to; row++) {
        block.add(batch, row, codes, pricer)
        if (++rows % rowsPerTurn > 0) continue
        block.append()
        appender.flushSync()
        await nextTurn()
      }
    }
    block.append()
    appender.flushSync()
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

function createBlock(appender: DuckDBAppender) {
  const chunk = DuckDBDataChunk.create(Object.values(requestColumns), chunkRows)
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

  function append(): void {
    if (rows === 0) return
    if (rows < chunkRows) {
      // A shorter chunk has shorter vectors: the values move over.
      const filled = columns.map(({ bytes, width }) => bytes.slice(0, rows * width))
      chunk.rowCount = rows
      columns = viewColumns(chunk)
      for (const [index, { bytes }] of columns.entries()) bytes.set(filled[index]!)
    }
    for (const { vector } of columns) vector.flush()
    appender.appendDataChunk(chunk)
    if (rows < chunkRows) {
      chunk.rowCount = chunkRows
      columns = viewColumns(chunk)
    }
    rows = 0
  }

  return {
    append,
    add(batch: RequestBatch, row: number, codes: Codes, pricer: Pricer): void {
      if (rows === chunkRows) append()
      const at = rows++
      const timestampUs = batch.timestampUs[row]!
      const inputIsNull = batch.inputTokens.isNull[row] === 1
      const outputIsNull = batch.outputTokens.isNull[row] === 1
      const timeIsNull = batch.responseTimeMs.isNull[row] === 1
      const inputTokens = inputIsNull ? 0 : batch.inputTokens.values[row]!
      const outputTokens = outputIsNull ? 0 : batch.outputTokens.values[row]!
      const modelCode = batch.model.codes[row]!
      usage.model = modelCode === 0 ? null : batch.model.values[modelCode - 1]!
      const domainCode = batch.domain.codes[row]!
      usage.domain = domainCode === 0 ? null : batch.domain.values[domainCode - 1]!
      usage.timestampMs = timestampUs / 1000
      usage.inputTokens = inputIsNull ? null : inputTokens
      usage.outputTokens = outputIsNull ? null : outputTokens
      const price = priceRequest(pricer, usage)
      setInt64(columns[position.timestamp_us]!.words, at, timestampUs)
      setUuid(columns[position.id]!.bytes, at, batch.id, row)
      columns[position.domain]!.words[at] = codes.domain[domainCode]!
      columns[position.model]!.words[at] = codes.model[modelCode]!
      columns[position.request_type]!.words[at] = codes.requestType[batch.requestType.codes[row]!]!
      columns[position.input_tokens]!.words[at] = inputTokens
      columns[position.output_tokens]!.words[at] = outputTokens
      columns[position.response_time_ms]!.words[at] = timeIsNull ? 0 : batch.responseTimeMs.values[row]!
      columns[position.stream]!.bytes[at] = batch.stream[row]!
      columns[position.answered]!.bytes[at] = batch.answered[row]!
      columns[position.failed]!.bytes[at] = batch.failed[row]!
      columns[position.source_nulls]!.bytes[at] =
        (inputIsNull ? sourceNull.inputTokens : 0) |
        (outputIsNull ? sourceNull.outputTokens : 0) |
        (timeIsNull ? sourceNull.responseTimeMs : 0)
      setInt64(columns[position.cost_pico]!.words, at, price.picoUsd)
      columns[position.pricing]!.bytes[at] = price.pricing
    },
  }
}

const position = Object.fromEntries(columnNames.map((name, index) => [name, index])) as Record<RequestColumn, number>

interface ColumnView {
  vector: DuckDBVector
  width: number
  bytes: Uint8Array
  /** The same memory as 32-bit words; empty for columns of one byte. */
  words: Uint32Array
}

/** The vectors' own memory: values go in without a check or a BigInt each. Columns not written to stay 0. */
function viewColumns(chunk: DuckDBDataChunk): ColumnView[] {
  return columnNames.map((name, index) => {
    const vector = chunk.getColumnVector(index)
    const memory = (vector as unknown as { items?: Uint8Array; dataView?: DataView }).items ?? memoryOf(vector, name)
    const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength).fill(0)
    const width = bytes.length / chunk.rowCount
    const words = width < 4 ? new Uint32Array(0) : new Uint32Array(memory.buffer, memory.byteOffset, bytes.length / 4)
    return { vector, width, bytes, words }
  })
}

function memoryOf(vector: DuckDBVector, name: string): DataView {
  const { dataView } = vector as unknown as { dataView?: DataView }
  if (dataView) return dataView
  throw new Error(`The vector of ${name} does not show its memory`)
}

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
