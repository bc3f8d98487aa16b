import { shallowRef } from 'vue'
import type { DisplayCurrency } from '../../src-main/contract/host'

/** Costs come in US dollars; this is what they are shown in, null being dollars. */
const shown = shallowRef<DisplayCurrency | null>(null)

/** Shows every cost in another currency from now on, at the rate that the user gave. */
export function showMoneyIn(currency: DisplayCurrency | null): void {
  shown.value = currency
}

const formats = new Map<string, Intl.NumberFormat>()

function format(amount: number, code: string, options: Intl.NumberFormatOptions = {}): string {
  const key = `${code} ${JSON.stringify(options)}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.NumberFormat('en-US', { style: 'currency', currency: code, ...options })
    formats.set(key, found)
  }
  return found.format(amount)
}

/** The amount in the shown currency, and its code. */
function convert(costUsd: number): { amount: number; code: string } {
  const currency = shown.value
  return currency ? { amount: costUsd * currency.perUsd, code: currency.code } : { amount: costUsd, code: 'USD' }
}

/**
 * An amount of US dollars in the shown currency, to the cent: `$1,234.56`. Below one cent to two significant digits
 * (`$0.0042`), so that a small cost is not shown as none; null is `unpriced`, never 0.
 */
export function usd(costUsd: number | null): string {
  if (costUsd === null) return 'unpriced'
  const { amount, code } = convert(costUsd)
  const magnitude = Math.abs(amount)
  if (amount === 0 || magnitude >= 0.00995) return format(amount, code)
  if (magnitude < 0.000001) return `<${format(0.000001, code, { maximumFractionDigits: 6 })}`
  const digits = Math.min(8, 1 - Math.floor(Math.log10(magnitude)))
  return format(amount, code, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** All there is to a sum, for a tooltip: six decimals, `$1,234.567890`; in another currency with the dollars beside. */
export function exactUsd(costUsd: number | null): string {
  if (costUsd === null) return 'unpriced'
  const { amount, code } = convert(costUsd)
  const exact = (value: number, of: string) => format(value, of, { minimumFractionDigits: 6, maximumFractionDigits: 6 })
  return code === 'USD' ? exact(amount, code) : `${exact(amount, code)} (${exact(costUsd, 'USD')})`
}

/** For an axis or a tight column: `$1.2k`, `$340`, `$0.05`. */
export function compactUsd(costUsd: number): string {
  const { amount, code } = convert(costUsd)
  const round = (value: number, digits: number) =>
    format(value, code, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  if (amount >= 999_950) return `${round(amount / 1e6, 1)}M`
  if (amount >= 10_000) return `${round(amount / 1e3, 1)}k`
  if (amount >= 100) return round(amount, 0)
  return usd(costUsd)
}

/** In words what costs are shown in: `US dollars`, or the currency with its rate and day. */
export function currencyNote(): string {
  const currency = shown.value
  if (!currency) return 'US dollars'
  return `${currency.code}, at ${currency.perUsd} for a US dollar on ${currency.asOf}`
}
