/** A figure and its unit apart, because the unit is drawn smaller and quieter. */
export interface Figure {
  figure: string
  unit: string
}

const exact = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

const steps = [
  { from: 999_500_000_000, divisor: 1e12, unit: 'T' },
  { from: 999_500_000, divisor: 1e9, unit: 'B' },
  { from: 999_500, divisor: 1e6, unit: 'M' },
  { from: 10_000, divisor: 1e3, unit: 'k' },
]

/** All digits: `1,234,567`. */
export function exactNumber(value: number): string {
  return exact.format(value)
}

/** Three significant digits from 10,000 on: `12.3` `k`. Below that all digits and no unit. */
export function compactFigure(value: number): Figure {
  const step = steps.find((each) => Math.abs(value) >= each.from)
  if (!step) return { figure: exact.format(value), unit: '' }
  const scaled = value / step.divisor
  const digits = Math.abs(scaled) >= 99.95 ? 0 : Math.abs(scaled) >= 9.995 ? 1 : 2
  return { figure: scaled.toFixed(digits), unit: step.unit }
}

/** `compactFigure` in one string. */
export function compactNumber(value: number): string {
  const { figure, unit } = compactFigure(value)
  return figure + unit
}

/** A share of 0 to 1 in percent: `64%`, `6.4%`, `0%`; `<0.1%` instead of a zero that is none. */
export function percent(share: number): string {
  const value = share * 100
  if (value === 0) return '0%'
  if (Math.abs(value) < 0.05) return '<0.1%'
  return `${value.toFixed(Math.abs(value) < 9.95 ? 1 : 0)}%`
}

export type Change =
  { kind: 'none' } | { kind: 'new' } | { kind: 'changed'; direction: 'up' | 'down'; text: string } | { kind: 'same' }

/** How a figure stands against the former window. Nothing before and something now is `new`, not infinity. */
export function changeSince(current: number, previous: number): Change {
  if (previous === 0) return current === 0 ? { kind: 'none' } : { kind: 'new' }
  const ratio = current / previous - 1
  if (Math.abs(ratio) < 0.0005) return { kind: 'same' }
  const text = ratio >= 9.995 ? `${(ratio + 1).toFixed(0)}×` : percent(Math.abs(ratio))
  return { kind: 'changed', direction: ratio > 0 ? 'up' : 'down', text }
}

/** `1 request`, `2 requests`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${exactNumber(count)} ${count === 1 ? singular : plural}`
}
