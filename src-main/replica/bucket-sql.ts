import { hourUs } from './time-units'

/** Buckets that follow each other with the same length. */
interface Stretch {
  startUs: number
  widthUs: number
  firstIndex: number
}

/**
 * SQL for the number of the bucket that a time lies in, from the buckets' starts (ascending; the last one is open).
 * Days and months differ in length only where the clock changes or the month does, so a few divisions say it all.
 * `bound` gives a place for a number in the statement.
 */
export function bucketIndexSql(timeUs: string, startsUs: readonly number[], bound: (value: number) => string): string {
  const last = startsUs.length - 1
  const stretches: Stretch[] = []
  for (let index = 0; index < last; index++) {
    const widthUs = startsUs[index + 1]! - startsUs[index]!
    if (stretches.at(-1)?.widthUs !== widthUs) {
      stretches.push({ startUs: startsUs[index]!, widthUs, firstIndex: index })
    }
  }
  const cases = stretches.map(({ startUs, widthUs, firstIndex }, index) => {
    const endUs = stretches[index + 1]?.startUs ?? startsUs[last]!
    return `WHEN ${timeUs} < ${bound(endUs)} THEN ${bound(firstIndex)} + (${timeUs} - ${bound(startUs)}) // ${bound(widthUs)}`
  })
  return cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE ${bound(last)} END`
}

/** How a window is answered: whole hours from the roll-up, the rest from rows. Hours are numbers since 1970. */
export interface WindowPlan {
  /** Half open; empty when `fromHour` is `toHour`. */
  fromHour: number
  toHour: number
  /** Hours within that a bucket begins in the middle of: those come from rows. */
  cutHours: number[]
}

/** With more cut hours than this the whole window is summed from rows. */
const mostCutHours = 400

export function planWindow(
  window: { fromUs: number; toUs: number },
  startsUs: readonly number[],
  rolledUntilHour: number,
): WindowPlan {
  const fromHour = Math.ceil(window.fromUs / hourUs)
  const toHour = Math.max(fromHour, Math.min(rolledUntilHour, Math.floor(window.toUs / hourUs)))
  const cutHours = startsUs
    .filter((start) => start % hourUs !== 0)
    .map((start) => Math.floor(start / hourUs))
    .filter((hour, index, all) => hour >= fromHour && hour < toHour && hour !== all[index - 1])
  if (cutHours.length > mostCutHours) return { fromHour, toHour: fromHour, cutHours: [] }
  return { fromHour, toHour, cutHours }
}
