const cents = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/**
 * US dollars to the cent: `$1,234.56`. Below one cent to two significant digits (`$0.0042`), so that a small cost is
 * not shown as none; null is `unpriced`, never 0.
 */
export function usd(costUsd: number | null): string {
  if (costUsd === null) return 'unpriced'
  if (costUsd === 0) return '$0.00'
  const magnitude = Math.abs(costUsd)
  if (magnitude >= 0.00995) return cents.format(costUsd)
  if (magnitude < 0.000001) return '<$0.000001'
  return `$${costUsd.toFixed(Math.min(8, 1 - Math.floor(Math.log10(magnitude))))}`
}

/** All there is to a sum, for a tooltip: six decimals, `$1,234.567890`. */
export function exactUsd(costUsd: number | null): string {
  if (costUsd === null) return 'unpriced'
  return costUsd.toLocaleString('en-US', { style: 'currency', currency: 'USD', minimumFractionDigits: 6 })
}

/** For an axis or a tight column: `$1.2k`, `$340`, `$0.05`. */
export function compactUsd(costUsd: number): string {
  if (costUsd >= 999_950) return `$${(costUsd / 1e6).toFixed(1)}M`
  if (costUsd >= 10_000) return `$${(costUsd / 1e3).toFixed(1)}k`
  if (costUsd >= 100) return `$${Math.round(costUsd)}`
  return usd(costUsd)
}
