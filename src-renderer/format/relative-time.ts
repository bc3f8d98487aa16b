/** How long ago, or how soon: `now`, `12 s ago`, `3 min ago`, `in 2 h`, `5 days ago`. */
export function relativeTime(instant: string | number, nowMs: number): string {
  const deltaMs = nowMs - new Date(instant).getTime()
  const text = distance(Math.abs(deltaMs))
  if (text === '') return 'now'
  return deltaMs > 0 ? `${text} ago` : `in ${text}`
}

/** The same without ago: `12 s`, `3 min`, `2 h`, `5 days`; '' below one second. */
export function distance(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000)
  if (seconds < 1) return ''
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.floor(hours / 24)} days`
}
