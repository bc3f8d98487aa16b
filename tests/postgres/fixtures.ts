import type { CodedText, NullableIntegers, RequestBatch } from '../../src-main/core/ports'

export { briefTable } from '../fakes/brief-table'
export { silentLog as log } from '../fakes/silent-log'

/** A batch as plain rows, for comparison. */
export function toRows(batch: RequestBatch) {
  const text = ({ codes, values }: CodedText, row: number) => (codes[row] === 0 ? null : values[codes[row]! - 1]!)
  const integer = ({ values, isNull }: NullableIntegers, row: number) => (isNull[row] ? null : values[row]!)
  const flag = (values: Uint8Array, row: number) => (values[row] === 2 ? null : values[row] === 1)
  return Array.from({ length: batch.length }, (_, row) => ({
    id: Buffer.from(batch.id.subarray(row * 16, row * 16 + 16))
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    timestampUs: batch.timestampUs[row]!,
    domain: text(batch.domain, row),
    model: text(batch.model, row),
    requestType: text(batch.requestType, row),
    inputTokens: integer(batch.inputTokens, row),
    outputTokens: integer(batch.outputTokens, row),
    responseTimeMs: integer(batch.responseTimeMs, row),
    stream: flag(batch.stream, row),
    answered: batch.answered[row] === 1,
    failed: flag(batch.failed, row),
  }))
}
