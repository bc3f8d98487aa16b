const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** Decimal units, three significant digits: `820 B`, `1.25 MB`. */
export function bytes(byteLength: number): string {
  let value = byteLength
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${units[unit]}`
}
