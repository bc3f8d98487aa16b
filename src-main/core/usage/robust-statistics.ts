/*
 * Centre and spread that a few wild values do not move. Scaling constants make a spread comparable to the standard
 * deviation of a normal distribution. After Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993).
 */

const madToSigma = 1.4826
const meanDeviationToSigma = 1.2533
/** Values further off than this many sigmas count as if they were just there. */
const outlierSigmas = 3.5

/** The middle value, of two the mean. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!
}

/**
 * By the median distance from `centre`. Where that is 0, as more than half of the values are the same, by the mean
 * distance of all but the furthest: one wild value among equal ones is no spread.
 */
export function robustSigma(values: readonly number[], centre = median(values)): number {
  const distances = values.map((value) => Math.abs(value - centre)).toSorted((a, b) => a - b)
  const middle = median(distances)
  if (middle > 0 || distances.length < 2) return middle * madToSigma
  const others = distances.slice(0, -1)
  return (others.reduce((sum, distance) => sum + distance, 0) / others.length) * meanDeviationToSigma
}

/** The mean with outliers pulled in: unlike a median it does not miss what a skewed series adds up to. */
export function robustMean(values: readonly number[]): number {
  const centre = median(values)
  const reach = outlierSigmas * robustSigma(values, centre)
  const sum = values.reduce((total, value) => total + Math.min(Math.max(value, centre - reach), centre + reach), 0)
  return sum / values.length
}

/**
 * The interval that the next value falls in with probability `share`, half of the rest on each side, if it comes from
 * where these came from: order statistics, as conformal prediction has them. With few values it is their whole range.
 */
export function predictionInterval(values: readonly number[], share: number): { low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const outside = Math.floor(((sorted.length + 1) * (1 - share)) / 2 + 1e-9)
  const skipped = Math.max(0, outside - 1)
  return { low: sorted[skipped]!, high: sorted[sorted.length - 1 - skipped]! }
}
