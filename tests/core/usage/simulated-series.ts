/*
 * Series whose truth is known: a weekly rhythm with a daily one in it, a level, and noise.
 */

/** A small generator (mulberry32): the same numbers from the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** A Poisson count around a mean that is itself noisy by the share `noise`. */
export function noisyCount(mean: number, noise: number, random: () => number): number {
  const level = mean * Math.exp(noise * gauss(random) - (noise * noise) / 2)
  if (level > 50) return Math.max(0, Math.round(level + Math.sqrt(level) * gauss(random)))
  let count = 0
  for (let product = random(); product > Math.exp(-level); product *= random()) count++
  return count
}

const weekdayShare = [1, 1.1, 1.05, 1, 0.9, 0.25, 0.2]

/** Mean of a day, 0 being a Monday. */
export function dayMean(day: number, level: number): number {
  return level * weekdayShare[day % 7]!
}

/** Mean of an hour, 0 being Monday at midnight: busy from nine to six. */
export function hourMean(hour: number, level: number): number {
  const ofDay = hour % 24
  return dayMean(Math.floor(hour / 24), level) * (ofDay >= 9 && ofDay < 18 ? 1 : ofDay >= 6 && ofDay < 23 ? 0.35 : 0.08)
}
