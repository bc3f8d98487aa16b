import { randomUUID } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ExportEvent, ExportFile, ExportFormat, ExportInput, ExportPlan } from '../contract/exports'
import { allColumns, type ExportedRow } from '../core/exports/export-line'
import { Failure } from '../core/failure'
import type { RowExport } from '../core/ports'
import { createRedactor } from '../core/transcript/redact'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import { createBodyReader, redactRow, writeWithBodies } from './export-bodies'
import type { OpenWorkspace } from './open-workspace'
import { streamEvents } from './stream-events'
import type { Workspaces } from './workspaces'

/** A finished file on its way out. Its name on disk is gone already: whoever stops reading leaves nothing behind. */
export interface FetchedExport {
  name: string
  mediaType: string
  sizeBytes: number
  content: ReadableStream<Uint8Array>
}

export interface Exports {
  api: AppApi['exports']
  /** Makes a file and hands it over at once. */
  make(input: ExportInput, signal: AbortSignal | undefined, onEvent?: (event: ExportEvent) => void): Promise<ExportFile>
  /** The finished file of that id, once; null for an unknown, fetched or expired one. */
  fetch(id: string): Promise<FetchedExport | null>
  close(): Promise<void>
}

/** How a host hands it to whoever asked. */
export function downloadHeaders(file: FetchedExport): Record<string, string> {
  return {
    'Content-Type': file.mediaType,
    'Content-Length': String(file.sizeBytes),
    'Content-Disposition': `attachment; filename="${file.name}"`,
    'Cache-Control': 'no-store',
  }
}

const waitsMs = 10 * 60_000

/** Of which a plan says what redaction takes out. */
const rowsTried = 20
const mostRemovedShown = 50

const mediaTypes: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}

/**
 * Requests of the replica as files. A file is made whole in `directory` under a name of its own and only then handed
 * over, so that nobody ever gets half of one; what fails, is cancelled or is not fetched is removed.
 */
export function createExports(options: {
  workspaces: Workspaces
  directory: string
  timeZone: () => string
  now: () => number
}): Exports {
  const { workspaces, directory, timeZone, now } = options
  const finished = new Map<string, { file: ExportFile; format: ExportFormat; timer: NodeJS.Timeout }>()
  let isReady: Promise<void> | null = null

  /** What an earlier run left there belongs to nobody. */
  async function makeReady(): Promise<void> {
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true, mode: 0o700 })
  }

  const pathOf = (id: string): string => join(directory, id)

  function question(workspace: OpenWorkspace, { errorsOnly, ids, ...scope }: ExportInput): RowExport {
    const asOf = workspace.replica.asOf()
    const { window } = resolveWindow(scope, {
      nowMs: now(),
      asOfMs: asOf === null ? null : Date.parse(asOf),
      timeZone: scope.tz ?? timeZone(),
    })
    return { window, errorsOnly: errorsOnly ?? false, ids }
  }

  async function write(
    id: string,
    input: ExportInput,
    signal: AbortSignal | undefined,
    onProgress: (doneRows: number, totalRows: number) => void,
  ): Promise<Pick<ExportFile, 'rows' | 'asOf' | 'bodiesMissing' | 'textsRemoved'>> {
    const workspace = workspaces.open()
    const { replica } = workspace
    const asked = question(workspace, input)
    const totalRows = await replica.countRows(asked, signal)
    onProgress(0, totalRows)
    const { format, bodies = false, columns = allColumns } = input
    if (!bodies && !input.redaction) {
      const written = await replica.exportRows(asked, { path: pathOf(id), format, columns }, signal)
      return { ...written, bodiesMissing: 0, textsRemoved: 0 }
    }
    const rowsPath = `${pathOf(id)}.rows`
    const linesPath = `${pathOf(id)}.lines`
    const redactor = input.redaction ? createRedactor(input.redaction, performance.now.bind(performance)) : null
    const reader = bodies ? createBodyReader(workspace, signal) : null
    try {
      // All columns: the bodies are found by the id.
      const written = await replica.exportRows(asked, { path: rowsPath, format: 'jsonl', columns: allColumns }, signal)
      const { longestLine } = await writeWithBodies({
        format,
        columns,
        reader,
        redactor,
        fromPath: rowsPath,
        toPath: format === 'parquet' ? linesPath : pathOf(id),
        onRows: (doneRows) => onProgress(doneRows, written.rows),
        signal,
      })
      if (format === 'parquet') {
        await replica.convertToParquet({ path: linesPath, longestLine, columns, hasBodies: bodies }, pathOf(id), signal)
      }
      return { ...written, bodiesMissing: reader?.missing() ?? 0, textsRemoved: redactor?.total() ?? 0 }
    } finally {
      await Promise.all([rowsPath, linesPath].map((path) => rm(path, { force: true })))
    }
  }

  /** What is taken out of the first rows. */
  async function tryRedaction(
    { ids, bodies, redaction }: ExportInput,
    { window, errorsOnly }: RowExport,
    signal: AbortSignal | undefined,
  ): Promise<Pick<ExportPlan, 'redacted'>> {
    if (!redaction) return {}
    const workspace = workspaces.open()
    const { replica } = workspace
    const redactor = createRedactor(redaction, performance.now.bind(performance))
    const reader = bodies ? createBodyReader(workspace, signal) : null
    const rows = ids
      ? (await replica.rows(ids.slice(0, rowsTried))).map(({ row }) => row)
      : (await replica.list({ ...window, errorsOnly, limit: rowsTried, cursor: undefined }, signal)).items
    for (const row of rows) {
      const stored = { preview: row.preview } satisfies ExportedRow
      redactRow(stored, reader && (await reader.bodiesOf(row.id)), redactor)
    }
    const removed = redactor.removed().slice(0, mostRemovedShown)
    return { redacted: { rows: rows.length, removed, removedTotal: redactor.total() } }
  }

  async function make(
    input: ExportInput,
    signal: AbortSignal | undefined,
    onEvent: (event: ExportEvent) => void = () => undefined,
  ): Promise<ExportFile> {
    await (isReady ??= makeReady())
    const id = randomUUID()
    try {
      const written = await write(id, input, signal, (doneRows, totalRows) =>
        onEvent({ type: 'progress', doneRows, totalRows }),
      )
      signal?.throwIfAborted()
      const sizeBytes = await sizeOf(pathOf(id))
      const stamp = new Date(now()).toISOString().slice(0, 16).replace(':', '-')
      const name = `nexus-requests-${stamp}.${input.format}`
      const file: ExportFile = { id, name, path: `/dashboard/api/exports/${id}`, sizeBytes, ...written }
      const timer = setTimeout(() => void drop(id), waitsMs)
      timer.unref()
      finished.set(id, { file, format: input.format, timer })
      onEvent({ type: 'done', file })
      return file
    } catch (error) {
      await rm(pathOf(id), { force: true })
      throw signal?.aborted ? new Failure('query-cancelled', { cause: error }) : asDiskFailure(error)
    }
  }

  async function drop(id: string): Promise<void> {
    clearTimeout(finished.get(id)?.timer)
    finished.delete(id)
    await rm(pathOf(id), { force: true })
  }

  return {
    api: {
      async plan(input, { signal }) {
        const workspace = workspaces.open()
        const asked = question(workspace, input)
        const { replica } = workspace
        const [rows, kept] = await Promise.all([replica.countRows(asked, signal), replica.keptBodyIds()])
        const bodiesKept = await replica.countRows({ ...asked, among: kept }, signal)
        return { asOf: replica.asOf(), rows, bodiesKept, ...(await tryRedaction(input, asked, signal)) }
      },
      run: async (input, { signal }) =>
        streamEvents<ExportEvent>((onEvent, cancelled) => make(input, cancelled, onEvent), signal),
    },
    make,
    async fetch(id) {
      const entry = finished.get(id)
      if (!entry) return null
      const handle = await open(pathOf(id), 'r').catch((cause: unknown) => {
        throw asDiskFailure(cause)
      })
      await drop(id)
      return {
        name: entry.file.name,
        mediaType: mediaTypes[entry.format],
        sizeBytes: entry.file.sizeBytes,
        content: Readable.toWeb(handle.createReadStream()) as ReadableStream<Uint8Array>,
      }
    },
    async close() {
      await Promise.all([...finished.keys()].map(drop))
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  const handle = await open(path, 'r')
  try {
    await handle.chmod(0o600)
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

function asDiskFailure(error: unknown): unknown {
  return error instanceof Error && 'syscall' in error ? new Failure('export-failed', { cause: error }) : error
}
