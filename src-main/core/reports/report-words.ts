import type { BudgetTarget } from '../../contract/budgets'
import type { ReportSchedule } from '../../contract/reports'

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const wholes = new Intl.NumberFormat('en-US')
const shares = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })

export function usdText(costUsd: number): string {
  return costUsd > 0 && costUsd < 0.005 ? 'under $0.01' : dollars.format(costUsd)
}

export function countText(count: number): string {
  return wholes.format(count)
}

export function shareText(part: number, whole: number): string {
  return whole === 0 ? '–' : shares.format(part / whole)
}

/** `+12.5%` against the time before; from nothing there is no percentage. */
export function changeText(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'as before' : 'none before'
  const text = shares.format(Math.abs(now / before - 1))
  return now === before ? 'as before' : `${now > before ? '+' : '−'}${text}`
}

export const orNone = (name: string | null, what: string): string => name ?? `no ${what}`

export function budgetName(target: BudgetTarget): string {
  if (target.kind === 'all') return 'Everything'
  return target.key === '' ? `no ${target.kind}` : target.key
}

/** `Mon, 23 Nov 2026, 08:00` of the zone. */
export function momentText(ms: number, timeZone: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...options, ...clock }).format(ms)
}

/** The period as people say it: `23 November 2026`, `16 to 22 November 2026`, `October 2026`. */
export function periodText({ every }: ReportSchedule, fromMs: number, toMs: number, timeZone: string): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
  if (every === 'month') return format({ month: 'long', year: 'numeric' }).format(fromMs)
  const day = format({ day: 'numeric', month: 'long', year: 'numeric' })
  return every === 'day' ? day.format(fromMs) : `${day.format(fromMs)} to ${day.format(toMs - 1)}`
}

/** The same for the name of a file: `2026-11-23`, `2026-11-16_2026-11-22`, `2026-10`. */
export function periodStamp({ every }: ReportSchedule, fromMs: number, toMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const [from, last] = [parts.format(fromMs), parts.format(toMs - 1)]
  if (every === 'month') return from.slice(0, 7)
  return every === 'day' ? from : `${from}_${last}`
}
