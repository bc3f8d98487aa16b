import type { Scope } from '../../../src-main/contract/scope'
import type { TrendStep } from '../../state/trends'

const hourMs = 3_600_000
const lengths: [TrendStep, number][] = [
  ['hour', hourMs],
  ['day', 24 * hourMs],
  ['week', 7 * 24 * hourMs],
  ['month', 30 * 24 * hourMs],
]
/** What the host draws at most, with room for a change of the clock. */
const mostPoints = 990
const fewestPoints = 2

/** The steps that make a chart of a window. */
export function stepsFor({ hours = 24, from, to }: Pick<Scope, 'hours' | 'from' | 'to'>): TrendStep[] {
  const lengthMs = from && to ? Date.parse(to) - Date.parse(from) : hours * hourMs
  const fitting = lengths.filter(([, stepMs]) => lengthMs / stepMs >= fewestPoints && lengthMs / stepMs <= mostPoints)
  return ['auto', ...fitting.map(([step]) => step)]
}
