export const hourUs = 3_600_000_000
export const dayUs = 24 * hourUs

/** Later than any row: the end of a range that is open towards the future (the year 9999). */
export const endOfTimeUs = 253_370_764_800_000_000

export function floorToHourUs(us: number): number {
  return Math.floor(us / hourUs) * hourUs
}

/** ISO 8601 UTC with milliseconds, rounded down. */
export function isoFromUs(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString()
}

/** Whole microseconds: a window of a fraction of an hour may begin between two. */
export function usFromMs(ms: number): number {
  return Math.round(ms * 1000)
}
