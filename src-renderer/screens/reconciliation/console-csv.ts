import type { ConsoleCost } from '../../../src-main/contract/reconciliation'

/*
 * A cost file of the Anthropic Console, read in the page: only its sums by day and model go further. Nothing in it is
 * trusted; what is not a day, a name or an amount is counted and shown, and nothing of it is ever run or drawn as more
 * than text.
 */

export interface ConsoleFile {
  costs: ConsoleCost[]
  /** Names of the columns that were taken. */
  columns: { day: string; model: string; cost: string; list: string | null }
  lines: number
  /** Lines that were left out, with the first one's number and reason. */
  refused: { count: number; first: string | null }
}

/** Sentences for people about a file that cannot be read. */
export class CsvProblem extends Error {}

const mostLines = 500_000

/** Text of a file by its byte order mark; UTF-8 without one. */
export function decodeCsv(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new CsvProblem('The file is neither UTF-8 nor UTF-16 text.')
  }
}

/** Sums of a console cost file by UTC day and model. Throws `CsvProblem` for a file without the columns. */
export function readConsoleCsv(text: string): ConsoleFile {
  const [head, ...lines] = parseCsv(text)
  if (!head) throw new CsvProblem('The file is empty.')
  const names = head.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  )
  const find = (patterns: RegExp[], not?: RegExp): number => {
    for (const pattern of patterns) {
      const index = names.findIndex((name) => pattern.test(name) && !not?.test(name))
      if (index >= 0) return index
    }
    return -1
  }
  const at = {
    day: find([/^usage_date_utc$/, /date/, /^day/, /start/]),
    model: find([/^model$/, /^model_version$/, /model/]),
    cost: find([/^cost_usd$/, /cost.*usd/, /^(cost|amount|spend)$/, /cost|amount|spend/], /list|type|center|centre/),
    list: find([/^list_price_usd$/, /list.*(price|cost)/]),
  }
  const missing = [at.day < 0 && 'a date', at.model < 0 && 'a model', at.cost < 0 && 'a cost in dollars'].filter(
    Boolean,
  )
  if (missing.length > 0) {
    throw new CsvProblem(`No column holds ${missing.join(', ')}. The columns are: ${head.slice(0, 12).join(', ')}.`)
  }
  const sums = new Map<string, ConsoleCost>()
  const refused: ConsoleFile['refused'] = { count: 0, first: null }
  const refuse = (line: number, why: string): void => {
    refused.count++
    refused.first ??= `line ${line}: ${why}`
  }
  for (const [index, cells] of lines.entries()) {
    const day = readDay(cells[at.day] ?? '')
    const costUsd = readAmount(cells[at.cost] ?? '')
    if (day === null) refuse(index + 2, `“${(cells[at.day] ?? '').slice(0, 40)}” is no day`)
    else if (costUsd === null) refuse(index + 2, `“${(cells[at.cost] ?? '').slice(0, 40)}” is no amount`)
    else {
      const model = (cells[at.model] ?? '').trim().slice(0, 255)
      const key = `${day} ${model}`
      const listUsd = at.list < 0 ? null : readAmount(cells[at.list] ?? '')
      const sum = sums.get(key)
      if (!sum) sums.set(key, { day, model, costUsd, listUsd })
      else {
        sum.costUsd += costUsd
        sum.listUsd = sum.listUsd === null || listUsd === null ? null : sum.listUsd + listUsd
      }
    }
  }
  if (sums.size === 0) throw new CsvProblem(`No line could be read${refused.first ? `; ${refused.first}` : ''}.`)
  return {
    costs: [...sums.values()].toSorted((a, b) => a.day.localeCompare(b.day) || a.model.localeCompare(b.model)),
    columns: {
      day: head[at.day]!,
      model: head[at.model]!,
      cost: head[at.cost]!,
      list: at.list < 0 ? null : head[at.list]!,
    },
    lines: lines.length,
    refused,
  }
}

/** RFC 4180, with `,`, `;` or tab between fields, whichever the first line has most of. Empty lines are left out. */
export function parseCsv(text: string): string[][] {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  const firstLine = body.slice(0, body.search(/[\r\n]|$/))
  const countOf = (mark: string): number => firstLine.split(mark).length
  const delimiter = [',', ';', '\t'].toSorted((a, b) => countOf(b) - countOf(a))[0]!
  const lines: string[][] = []
  let cells: string[] = []
  let field = ''
  let isQuoted = false
  const endLine = (): void => {
    cells.push(field)
    if (cells.length > 1 || cells[0] !== '') lines.push(cells)
    if (lines.length > mostLines)
      throw new CsvProblem(`The file has more than ${mostLines.toLocaleString('en')} lines.`)
    cells = []
    field = ''
  }
  for (let i = 0; i < body.length; i++) {
    const unit = body[i]!
    if (isQuoted) {
      if (unit !== '"') field += unit
      else if (body[i + 1] === '"') {
        field += '"'
        i++
      } else isQuoted = false
    } else if (unit === '"' && field === '') isQuoted = true
    else if (unit === delimiter) {
      cells.push(field)
      field = ''
    } else if (unit === '\n' || unit === '\r') {
      if (unit === '\r' && body[i + 1] === '\n') i++
      endLine()
    } else field += unit
  }
  if (isQuoted) throw new CsvProblem('A quote is opened and never closed: the file was cut off.')
  if (field !== '' || cells.length > 0) endLine()
  return lines
}

/** `2026-11-20`, also with a time after it, or `11/20/2026`; null for anything else. */
function readDay(text: string): string | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(text.trim())
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim())
  const [year, month, day] = iso ? iso.slice(1) : us ? [us[3], us[1], us[2]] : []
  if (year === undefined) return null
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const name = date.toISOString().slice(0, 10)
  return Number(name.slice(5, 7)) === Number(month) && Number(name.slice(8)) === Number(day) ? name : null
}

/** Dollars, as `$1,234.56`, `-0.05` or `(0.05)`; null for anything else. An apostrophe may guard it from spreadsheets. */
function readAmount(text: string): number | null {
  const plain = text.trim().replace(/^'/, '')
  const found = /^(\()?([-−])?\s*(?:\$|USD)?\s*([-−])?(\d[\d,]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)\s*(?:USD)?\)?$/.exec(
    plain,
  )
  if (!found) return null
  const digits = found[4]!.replaceAll(/,(?=\d{3}(\D|$))/g, '')
  // A comma that is left would be a decimal one, or none that we know.
  if (digits.includes(',')) return null
  return found[1] || found[2] || found[3] ? -Number(digits) : Number(digits)
}
