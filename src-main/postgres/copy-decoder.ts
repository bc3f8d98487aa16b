/*
 * Reads what `COPY … TO STDOUT (FORMAT binary)` sends for the columns of `metadataSelect`. The pieces may be cut at any
 * byte. Format: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
import type { NullableIntegers, RequestBatch } from '../core/ports'
import { createTextDictionary, type TextDictionary } from './text-dictionary'

export interface CopyDecoder {
  /** Takes the next piece; full batches go to `onBatch`. Throws when the bytes are not what was asked for. */
  push(piece: Buffer): void
  /** The rows that do not fill a batch; `length` is 0 when there are none. */
  finish(): RequestBatch
}

const fieldCount = 11
const headerLength = 19
const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** PostgreSQL counts microseconds from 2000-01-01. */
const epochUs = 946_684_800_000_000

export const batchRows = 16_384

/** The first batch may be of another size: a look that finds a handful of rows should not reserve room for thousands. */
export function createCopyDecoder(onBatch: (batch: RequestBatch) => void, firstBatchRows = 512): CopyDecoder {
  const dictionaries = createDictionaries()
  const [domains, models, requestTypes] = dictionaries
  const starts = new Int32Array(fieldCount)
  const lengths = new Int32Array(fieldCount)
  let rest: Buffer | null = null
  let sawHeader = false
  let sawEnd = false
  let batch = createBatch(firstBatchRows, dictionaries)
  let rows = 0

  /** Finds the fields of the row at `offset`; gives where it ends, or -1 when it is not whole yet. */
  function locate(bytes: Buffer, offset: number): number {
    let position = offset + 2
    for (let field = 0; field < fieldCount; field++) {
      if (position + 4 > bytes.length) return -1
      const length =
        (bytes[position]! << 24) | (bytes[position + 1]! << 16) | (bytes[position + 2]! << 8) | bytes[position + 3]!
      position += 4
      starts[field] = position
      lengths[field] = length
      if (length > 0) position += length
    }
    return position <= bytes.length ? position : -1
  }

  function decodeRow(bytes: Buffer): void {
    if (lengths[0] !== 16 || lengths[1] !== 8) return // No id or no time: nothing that could be shown.
    const row = rows
    const at = starts[0]!
    for (let i = 0; i < 16; i++) batch.id[row * 16 + i] = bytes[at + i]!
    const time = starts[1]!
    batch.timestampUs[row] = bytes.readInt32BE(time) * 4_294_967_296 + bytes.readUInt32BE(time + 4) + epochUs
    batch.domain.codes[row] = code(bytes, 2, domains)
    batch.model.codes[row] = code(bytes, 3, models)
    batch.requestType.codes[row] = code(bytes, 4, requestTypes)
    integer(bytes, 5, batch.inputTokens)
    integer(bytes, 6, batch.outputTokens)
    integer(bytes, 7, batch.responseTimeMs)
    batch.stream[row] = flag(bytes, 8)
    batch.answered[row] = flag(bytes, 9) === 1 ? 1 : 0
    batch.failed[row] = flag(bytes, 10)
    rows++
  }

  function code(bytes: Buffer, field: number, dictionary: TextDictionary): number {
    const start = starts[field]!
    const length = lengths[field]!
    return length < 0 ? 0 : dictionary.code(bytes, start, start + length)
  }

  function integer(bytes: Buffer, field: number, column: NullableIntegers): void {
    if (lengths[field] === 4) column.values[rows] = bytes.readInt32BE(starts[field]!)
    else column.isNull[rows] = 1
  }

  function flag(bytes: Buffer, field: number): number {
    return lengths[field] === 1 ? bytes[starts[field]!]! : 2
  }

  return {
    push(piece) {
      const bytes: Buffer = rest ? Buffer.concat([rest, piece]) : piece
      rest = null
      let offset = 0
      if (!sawHeader) {
        if (bytes.length < headerLength) {
          rest = bytes
          return
        }
        if (!bytes.subarray(0, signature.length).equals(signature)) throw new Error('COPY sent no binary header')
        offset = headerLength + bytes.readInt32BE(headerLength - 4)
        sawHeader = true
      }
      while (!sawEnd && offset + 2 <= bytes.length) {
        const fields = bytes.readInt16BE(offset)
        if (fields === -1) {
          sawEnd = true
          offset += 2
          break
        }
        if (fields !== fieldCount) throw new Error(`COPY sent ${fields} fields instead of ${fieldCount}`)
        const end = locate(bytes, offset)
        if (end === -1) break
        decodeRow(bytes)
        offset = end
        if (rows === batch.timestampUs.length) {
          batch.length = rows
          onBatch(batch)
          batch = createBatch(batchRows, dictionaries)
          rows = 0
        }
      }
      if (offset < bytes.length) rest = bytes.subarray(offset)
    },
    finish() {
      if (!sawEnd) throw new Error('COPY ended before its last row')
      batch.length = rows
      return batch
    },
  }
}

type Dictionaries = readonly [TextDictionary, TextDictionary, TextDictionary]

function createDictionaries(): Dictionaries {
  return [createTextDictionary(), createTextDictionary(), createTextDictionary()]
}

function createBatch(capacity: number, [domains, models, requestTypes]: Dictionaries): RequestBatch {
  const coded = ({ values }: TextDictionary) => ({ codes: new Uint32Array(capacity), values })
  const integers = (): NullableIntegers => ({ values: new Int32Array(capacity), isNull: new Uint8Array(capacity) })
  return {
    length: 0,
    id: new Uint8Array(capacity * 16),
    timestampUs: new Float64Array(capacity),
    domain: coded(domains),
    model: coded(models),
    requestType: coded(requestTypes),
    inputTokens: integers(),
    outputTokens: integers(),
    responseTimeMs: integers(),
    stream: new Uint8Array(capacity),
    answered: new Uint8Array(capacity),
    failed: new Uint8Array(capacity),
  }
}

export function emptyBatch(): RequestBatch {
  return createBatch(0, createDictionaries())
}
