/** How long something took: `850 ms`, `4.2 s`, `1 min 05 s`, `2 h 10 min`; `–` where nothing is recorded. */
export function duration(elapsedMs: number | null): string {
  if (elapsedMs === null) return '–'
  if (elapsedMs < 999.5) return `${Math.round(elapsedMs)} ms`
  if (elapsedMs < 59_950) return `${(elapsedMs / 1000).toFixed(elapsedMs < 9_950 ? 1 : 0)} s`
  const seconds = Math.round(elapsedMs / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
