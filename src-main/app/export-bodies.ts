import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportFormat } from '../contract/exports'
import type { StoredBodies } from '../core/ports'
import { csvHead, exportLine, type ExportedRow } from '../core/exports/export-line'
import { asFailure } from '../core/failure'
import type { OpenWorkspace } from './open-workspace'

const noBodies: StoredBodies = { request: null, response: null }
const tellEveryMs = 250

/**
 * Puts the bodies to exported rows, a row at a time, so that memory stays the same whatever their number. Kept bodies
 * come from the replica, the others from the source one by one; once the source cannot be reached it is not asked again.
 * `longestLine` is in bytes.
 */
export async function writeWithBodies(
  workspace: OpenWorkspace,
  options: {
    format: ExportFormat
    fromPath: string
    toPath: string
    onRows(doneRows: number): void
    signal: AbortSignal | undefined
  },
): Promise<{ longestLine: number; bodiesMissing: number }> {
  const { format, fromPath, toPath, onRows, signal } = options
  let longestLine = 0
  let bodiesMissing = 0
  let isSourceAway = false

  async function bodiesOf(id: string): Promise<StoredBodies> {
    const kept = await workspace.replica.keptBodies(id)
    if (kept) return kept
    try {
      const read = isSourceAway ? null : await workspace.source.readBodies(id, signal)
      if (read) return read
    } catch (error) {
      if (!asFailure(error).code.startsWith('database-') || signal?.aborted) throw error
      isSourceAway = true
    }
    bodiesMissing++
    return noBodies
  }

  async function* lines(): AsyncGenerator<string> {
    const isArray = format === 'json'
    const end = format === 'csv' ? '\r\n' : '\n'
    let doneRows = 0
    let toldAtMs = performance.now()
    if (isArray) yield '['
    if (format === 'csv') yield csvHead + end
    for await (const text of createInterface({ input: createReadStream(fromPath), crlfDelay: Infinity })) {
      signal?.throwIfAborted()
      const row = JSON.parse(text) as ExportedRow
      const line = exportLine(format, row, await bodiesOf(String(row['id'])))
      longestLine = Math.max(longestLine, Buffer.byteLength(line))
      yield isArray ? `${doneRows === 0 ? '\n' : ',\n'}\t${line}` : line + end
      doneRows++
      if (performance.now() - toldAtMs < tellEveryMs) continue
      toldAtMs = performance.now()
      onRows(doneRows)
    }
    if (isArray) yield '\n]\n'
  }

  await pipeline(Readable.from(lines(), { objectMode: true }), createWriteStream(toPath, { mode: 0o600 }), { signal })
  return { longestLine, bodiesMissing }
}
