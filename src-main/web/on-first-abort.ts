/**
 * Calls `listener` once when the first of the signals aborts, at once if one has. Returns the way to stop. Unlike
 * `AbortSignal.any` it leaves nothing behind on signals that live as long as the host.
 */
export function onFirstAbort(signals: readonly AbortSignal[], listener: () => void): () => void {
  const stop = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', onAbort)
  }
  const onAbort = (): void => {
    stop()
    listener()
  }
  if (signals.some((signal) => signal.aborted)) listener()
  else for (const signal of signals) signal.addEventListener('abort', onAbort)
  return stop
}
