export type ColumnValue = string | number | boolean | null

/** One row in COPY's text format (PostgreSQL manual, COPY, "Text Format"). */
export function copyLine(values: readonly ColumnValue[]): string {
  return `${values.map(copyValue).join('\t')}\n`
}

function copyValue(value: ColumnValue): string {
  if (value === null) return String.raw`\N`
  if (typeof value !== 'string') return String(value)
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (character) => escapes[character]!) : value
}

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
