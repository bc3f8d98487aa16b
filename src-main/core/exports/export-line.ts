import { requestRow } from '../../contract/conversations'
import type { ExportFormat } from '../../contract/exports'

/** A row as the replica writes it, one JSON line each. */
export type ExportedRow = Record<string, string | number | boolean | null>

interface Bodies {
  request: string | null
  response: string | null
}

/**
 * One row with its bodies as a line of a file, without its end. In JSON the bodies are what they hold; in CSV (RFC 4180)
 * and in the lines that Parquet is made of they are the stored texts.
 */
export function exportLine(format: ExportFormat, row: ExportedRow, bodies: Bodies): string {
  switch (format) {
    case 'csv':
      return [...Object.values(row), bodies.request, bodies.response].map(csvField).join(',')
    case 'parquet':
      return JSON.stringify({ ...row, requestBody: bodies.request, responseBody: bodies.response })
    default: {
      const members = JSON.stringify(row).slice(0, -1)
      return `${members},"requestBody":${jsonOf(bodies.request)},"responseBody":${jsonOf(bodies.response)}}`
    }
  }
}

/** The first line of a CSV file. */
export const csvHead = [...Object.keys(requestRow.shape), 'requestBody', 'responseBody'].join(',')

/** The text itself where it is JSON, on one line: a big number would lose digits on the way through a parser. */
function jsonOf(text: string | null): string {
  if (text === null) return 'null'
  try {
    JSON.parse(text)
    // Within its strings JSON has no line ends.
    return text.replaceAll(/[\r\n]+/g, ' ')
  } catch {
    return JSON.stringify(text)
  }
}

/** A null is nothing, an empty text "". A text that a spreadsheet would take for a formula gets an apostrophe. */
function csvField(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const safe = /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
