/** Where a rule stands between two looks. It is kept on disk: a restart must not say again what was said. */
export interface AlertMemory {
  phase: 'clear' | 'pending' | 'firing'
  sinceMs: number | null
  lastFiredMs: number | null
}

export const nothingSeen: AlertMemory = { phase: 'clear', sinceMs: null, lastFiredMs: null }

export interface AlertStep {
  memory: AlertMemory
  happened: 'fired' | 'cleared' | null
}

/**
 * One look. It fires once when the condition has held for `forMinutes`, and then says nothing until it has cleared;
 * within `coolDownMinutes` of the last word it waits. A look that cannot tell changes nothing.
 */
export function stepAlert(
  { forMinutes, coolDownMinutes }: { forMinutes: number; coolDownMinutes: number },
  memory: AlertMemory,
  { atMs, holds }: { atMs: number; holds: boolean | null },
): AlertStep {
  if (holds === null) return { memory, happened: null }
  if (!holds) {
    const cleared: AlertMemory = {
      ...memory,
      phase: 'clear',
      sinceMs: memory.phase === 'clear' ? memory.sinceMs : atMs,
    }
    return { memory: cleared, happened: memory.phase === 'firing' ? 'cleared' : null }
  }
  if (memory.phase === 'firing') return { memory, happened: null }
  const sinceMs = memory.phase === 'pending' ? memory.sinceMs! : atMs
  const isLongEnough = atMs - sinceMs >= forMinutes * 60_000
  const isCool = memory.lastFiredMs === null || atMs - memory.lastFiredMs >= coolDownMinutes * 60_000
  if (!isLongEnough || !isCool) return { memory: { ...memory, phase: 'pending', sinceMs }, happened: null }
  return { memory: { phase: 'firing', sinceMs: atMs, lastFiredMs: atMs }, happened: 'fired' }
}
