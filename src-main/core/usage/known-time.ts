/** Half open, in ms. */
export interface TimeStretch {
  fromMs: number
  toMs: number
}

/** What of a stretch lies in none of the others (ascending, apart). */
export function missingOf({ fromMs, toMs }: TimeStretch, known: readonly TimeStretch[]): TimeStretch[] {
  const missing: TimeStretch[] = []
  let reachedMs = fromMs
  for (const stretch of known) {
    if (stretch.toMs <= reachedMs || stretch.fromMs >= toMs) continue
    if (stretch.fromMs > reachedMs) missing.push({ fromMs: reachedMs, toMs: stretch.fromMs })
    reachedMs = stretch.toMs
  }
  if (reachedMs < toMs) missing.push({ fromMs: reachedMs, toMs })
  return missing
}
