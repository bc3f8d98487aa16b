import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportColumn, ExportFormat } from '../contract/exports'
import { csvHead, exportLine, type ExportedBodies, type ExportedRow } from '../core/exports/export-line'
import { redactBodies } from '../core/exports/redact-body'
import { asFailure } from '../core/failure'
import type { Redactor } from '../core/transcript/redact'
import type { OpenWorkspace } from './open-workspace'

const noBodies: ExportedBodies = { request: null, response: null }
const tellEveryMs = 250

export interface BodyReader {
  bodiesOf(id: string): Promise<ExportedBodies>
  /** Rows whose bodies were not to be had. */
  missing(): number
}

/** Kept bodies come from the replica, the others from the source; once that cannot be reached it is not asked again. */
export function createBodyReader(workspace: OpenWorkspace, signal: AbortSignal | undefined): BodyReader {
  let missing = 0
  let isSourceAway = false
  return {
    missing: () => missing,
    async bodiesOf(id) {
      const kept = await workspace.replica.keptBodies(id)
      if (kept) return kept
      try {
        const read = isSourceAway ? null : await workspace.source.readBodies(id, signal)
        if (read) return read
      } catch (error) {
        if (!asFailure(error).code.startsWith('database-') || signal?.aborted) throw error
        isSourceAway = true
      }
      missing++
      return noBodies
    },
  }
}

/** A row and its bodies without what must not leave. Of a row's own columns the preview alone is free text. */
export function redactRow(
  row: ExportedRow,
  bodies: ExportedBodies | null,
  redactor: Redactor,
): { row: ExportedRow; bodies: ExportedBodies | null } {
  const { preview } = row
  redactor.restart()
  return {
    row: typeof preview === 'string' ? { ...row, preview: redactor.redact(preview) } : row,
    bodies: bodies && redactBodies(bodies, redactor),
  }
}

/**
 * Writes exported rows anew, with their bodies and without what must not leave, a row at a time, so that memory stays the
 * same whatever their number. `longestLine` is in bytes.
 */
export async function writeWithBodies(options: {
  format: ExportFormat
  columns: readonly ExportColumn[]
  /** Null for rows alone. */
  reader: BodyReader | null
  redactor: Redactor | null
  fromPath: string
  toPath: string
  onRows(doneRows: number): void
  signal: AbortSignal | undefined
}): Promise<{ longestLine: number }> {
  const { format, columns, reader, redactor, fromPath, toPath, onRows, signal } = options
  let longestLine = 0

  async function* lines(): AsyncGenerator<string> {
    const isArray = format === 'json'
    const end = format === 'csv' ? '\r\n' : '\n'
    let doneRows = 0
    let toldAtMs = performance.now()
    if (isArray) yield '['
    if (format === 'csv') yield csvHead(columns, reader !== null) + end
    for await (const text of createInterface({ input: createReadStream(fromPath), crlfDelay: Infinity })) {
      signal?.throwIfAborted()
      const stored = JSON.parse(text) as ExportedRow
      const read = reader && (await reader.bodiesOf(String(stored['id'])))
      const { row, bodies } = redactor ? redactRow(stored, read, redactor) : { row: stored, bodies: read }
      const line = exportLine(format, row, { columns, bodies })
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
  return { longestLine }
}
