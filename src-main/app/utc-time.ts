/** An instant for a person who reads a check or a ticket anywhere: `2026-11-25 04:28:16 UTC`. */
export function utcTime(at: string | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
