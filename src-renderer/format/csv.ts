/** Rows as CSV (RFC 4180). Texts that a spreadsheet would run as a formula are defused; null is an empty field. */
export function toCsv(rows: (string | number | null)[][]): string {
  return rows.map((cells) => cells.map(csvField).join(',') + '\r\n').join('')
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it; names come from anyone's requests. */
function csvField(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const safe = typeof value === 'string' && /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
