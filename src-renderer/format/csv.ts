/**
 * Rows as CSV (RFC 4180). Texts that a spreadsheet would run as a formula are defused; null is an empty field, and what is
 * no whole number has nine decimals, never an exponent.
 */
export function toCsv(rows: (string | number | null)[][]): string {
  return rows.map((cells) => cells.map(csvField).join(',') + '\r\n').join('')
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it; names come from anyone's requests. */
function csvField(value: string | number | null): string {
  const text = typeof value === 'number' ? plainNumber(value) : (value ?? '')
  const safe = typeof value === 'string' && /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(9)
}
