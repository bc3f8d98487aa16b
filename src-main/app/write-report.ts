import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReportFormat, ReportSchedule } from '../contract/reports'
import type { CancelSignal, Replica } from '../core/ports'
import type { ReportContent } from '../core/reports/report-content'
import { reportDocument } from '../core/reports/report-document'
import { reportHtml, reportStyle } from '../core/reports/report-html'
import { reportColumns, reportRows } from '../core/reports/report-rows'
import { periodStamp, periodText } from '../core/reports/report-words'
import { asReportFailure } from './report-folders'

export interface ReportFile {
  format: ReportFormat
  name: string
  mediaType: string
  content: Buffer
}

const mediaTypes: Record<ReportFormat, string> = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}

const mostNames = 1000

/** The files of a report. What is made on the way lies in `directory` and is gone afterwards. */
export async function makeReportFiles(
  content: ReportContent,
  { schedule, formats }: { schedule: ReportSchedule; formats: readonly ReportFormat[] },
  { replica, directory, signal }: { replica: Pick<Replica, 'exportTable'>; directory: string; signal?: CancelSignal },
): Promise<ReportFile[]> {
  const { name, fromMs, toMs, timeZone } = content
  const stem = `${fileName(name)}-${periodStamp(schedule, fromMs, toMs, timeZone)}`
  const files: ReportFile[] = []
  for (const format of new Set(formats)) {
    const made =
      format === 'html' ? makeHtml(content, schedule) : await makeTable(content, format, { replica, directory, signal })
    files.push({ format, name: `${stem}.${format}`, mediaType: mediaTypes[format], content: made })
  }
  return files
}

function makeHtml(content: ReportContent, schedule: ReportSchedule): Buffer {
  const { fromMs, toMs, timeZone } = content
  const styleHash = createHash('sha256').update(reportStyle).digest('base64')
  return Buffer.from(reportHtml(reportDocument(content, periodText(schedule, fromMs, toMs, timeZone)), styleHash))
}

async function makeTable(
  content: ReportContent,
  format: 'csv' | 'parquet',
  {
    replica,
    directory,
    signal,
  }: { replica: Pick<Replica, 'exportTable'>; directory: string; signal: CancelSignal | undefined },
): Promise<Buffer> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, randomUUID())
  const linesPath = `${path}.lines`
  try {
    const lines = reportRows(content).map((row) => JSON.stringify(row))
    await writeFile(linesPath, `${lines.join('\n')}\n`, { mode: 0o600 })
    await replica.exportTable(linesPath, reportColumns, { path, format }, signal)
    return await readFile(path)
  } finally {
    await Promise.all([path, linesPath].map((each) => rm(each, { force: true })))
  }
}

/** The plan's name as part of a file's: letters, digits and dashes, of any script. */
function fileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return [...plain].slice(0, 60).join('') || 'report'
}

/**
 * Puts a file into a folder, whole or not at all, and never over another one: a name that is taken gets a number.
 * `runId` names it while it is written, so that what a crash left is known again. Gives the name. Throws
 * `report-failed`.
 */
export async function placeFile(
  folder: string,
  { name, format, content }: Pick<ReportFile, 'name' | 'format' | 'content'>,
  runId: string,
): Promise<string> {
  const temporary = join(folder, `.${runId}.${format}.part`)
  try {
    await rm(temporary, { force: true })
    await writeThrough(temporary, content)
    const dot = name.lastIndexOf('.')
    for (let number = 1; number <= mostNames; number++) {
      const free = number === 1 ? name : `${name.slice(0, dot)} (${number})${name.slice(dot)}`
      if (await takeName(temporary, join(folder, free))) return free
    }
    throw Object.assign(new Error('every name is taken'), { code: 'EEXIST' })
  } catch (error) {
    throw asReportFailure(error)
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

async function writeThrough(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** False where the name is taken. A link fails then by itself; where a disk has no links the name is looked at first. */
async function takeName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK'].includes(code ?? '')) throw error
  }
  const isTaken = await stat(to).then(
    () => true,
    () => false,
  )
  if (!isTaken) await rename(from, to)
  return !isTaken
}
