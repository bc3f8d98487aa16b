import type { RequestBatch } from '../../src-main/core/ports'

/** Rows of these ids, all alike, a second apart. */
export function plainBatch(ids: readonly string[], fromUs: number): RequestBatch {
  const rows = ids.length
  const id = new Uint8Array(rows * 16)
  for (const [row, each] of ids.entries()) id.set(Buffer.from(each.replaceAll('-', ''), 'hex'), row * 16)
  const integers = (value: number) => ({ values: new Int32Array(rows).fill(value), isNull: new Uint8Array(rows) })
  const text = (value: string) => ({ codes: new Uint32Array(rows).fill(1), values: [value] })
  return {
    length: rows,
    id,
    timestampUs: Float64Array.from(ids, (_, row) => fromUs + row * 1_000_000),
    domain: text('example.com'),
    model: text('claude-opus-4-5-20251101'),
    requestType: text('inference'),
    inputTokens: integers(1000),
    outputTokens: integers(100),
    responseTimeMs: integers(5),
    stream: new Uint8Array(rows),
    answered: new Uint8Array(rows).fill(1),
    failed: new Uint8Array(rows).fill(2),
  }
}
