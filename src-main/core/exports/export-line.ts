import { requestRow } from '../../contract/conversations'
import type { ExportColumn, ExportFormat } from '../../contract/exports'

/** A row as the replica writes it, one JSON line each. */
export type ExportedRow = Record<string, string | number | boolean | null>

export interface ExportedBodies {
  request: string | null
  response: string | null
}

/** Every field of a request row. */
export const allColumns = Object.keys(requestRow.shape) as ExportColumn[]

/**
 * One row, with its bodies where there are any, as a line of a file, without its end. In JSON the bodies are what they
 * hold; in CSV (RFC 4180) and in the lines that Parquet is made of they are the stored texts.
 */
export function exportLine(
  format: ExportFormat,
  row: ExportedRow,
  { columns, bodies }: { columns: readonly ExportColumn[]; bodies: ExportedBodies | null },
): string {
  const chosen = Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))
  switch (format) {
    case 'csv':
      return [...Object.values(chosen), ...(bodies ? [bodies.request, bodies.response] : [])].map(csvField).join(',')
    case 'parquet':
      return JSON.stringify({
        ...chosen,
        ...(bodies && { requestBody: bodies.request, responseBody: bodies.response }),
      })
    default: {
      if (!bodies) return JSON.stringify(chosen)
      const members = JSON.stringify(chosen).slice(0, -1)
      return `${members},"requestBody":${jsonOf(bodies.request)},"responseBody":${jsonOf(bodies.response)}}`
    }
  }
}

/** The first line of a CSV file. */
export function csvHead(columns: readonly ExportColumn[], hasBodies: boolean): string {
  return [...columns, ...(hasBodies ? ['requestBody', 'responseBody'] : [])].join(',')
}

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
