import { hourlyPeaks, hourlySums } from './schema'
import type { Statements } from './session'
import { hourUs } from './time-units'

/** More single hours than this are rolled up as one stretch. */
const mostSingleHours = 50

/**
 * Brings the roll-up in step with the rows of these hours (numbers since 1970). To be called in the transaction that
 * changed them. Hours from `rolledUntilHour` on are not rolled up: they still change with every look.
 */
export async function rollUpHours(
  statements: Statements,
  hours: readonly number[],
  rolledUntilHour: number,
): Promise<void> {
  const closed = [...new Set(hours)].filter((hour) => hour < rolledUntilHour).sort((a, b) => a - b)
  if (closed.length === 0) return
  if (closed.length > mostSingleHours) {
    await rollUpStretch(statements, closed[0]!, closed.at(-1)! + 1, rolledUntilHour)
    return
  }
  // Neighbours go together.
  for (let start = 0, end = 1; start < closed.length; start = end, end++) {
    while (closed[end] === closed[end - 1]! + 1) end++
    await rollUpStretch(statements, closed[start]!, closed[end - 1]! + 1, rolledUntilHour)
  }
}

/** The same for all hours from `fromHour` to before `toHour`. */
export async function rollUpStretch(
  statements: Statements,
  fromHour: number,
  toHour: number,
  rolledUntilHour: number,
): Promise<void> {
  const endHour = Math.min(toHour, rolledUntilHour)
  if (fromHour >= endHour) return
  await statements.run(`DELETE FROM hourly WHERE hour >= ${fromHour} AND hour < ${endHour}`)
  await statements.run(`
    INSERT INTO hourly SELECT timestamp_us // ${hourUs} AS hour, domain, model, ${hourlySums}, ${hourlyPeaks}
    FROM request WHERE timestamp_us >= ${fromHour * hourUs} AND timestamp_us < ${endHour * hourUs}
    GROUP BY ALL ORDER BY hour`)
}

export function hourOf(us: number): number {
  return Math.floor(us / hourUs)
}
