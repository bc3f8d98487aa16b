import { longDate } from '../../format/time'

// Days of prices have no zone; they are taken as UTC.
export function dayName(date: string): string {
  return longDate(`${date}T00:00:00Z`, 'UTC')
}

/** In force, `to` exclusive. */
export function daysName({ from, to }: { from: string | null; to: string | null }): string {
  if (from !== null && to !== null) return `${dayName(from)} until ${dayName(to)}`
  return from !== null ? `since ${dayName(from)}` : to !== null ? `until ${dayName(to)}` : 'always'
}

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })

/** A rate in US dollars, whatever currency costs are shown in: prices are set in dollars. */
export function rateName(rateUsd: number | null): string {
  return rateUsd === null ? 'no price' : dollars.format(rateUsd)
}
