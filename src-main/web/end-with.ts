import { onFirstAbort } from './on-first-abort'

/**
 * The same bytes, until one of `ends` is aborted: then the reader sees an ordinary end and the source is cancelled.
 * `release` is called once, however it ends.
 */
export function endWith(
  source: ReadableStream<Uint8Array>,
  ends: readonly AbortSignal[],
  release: () => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  let isOpen = true
  let stopListening = (): void => undefined
  const finish = (): void => {
    if (!isOpen) return
    isOpen = false
    stopListening()
    release()
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stopListening = onFirstAbort(ends, () => {
        finish()
        controller.close()
        // A source that fails while it is cancelled has nobody left to tell.
        reader.cancel().catch(() => undefined)
      })
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!isOpen) return
        if (!done) return controller.enqueue(value)
        finish()
        controller.close()
      } catch (error) {
        if (!isOpen) return
        finish()
        controller.error(error)
      }
    },
    async cancel() {
      finish()
      await reader.cancel()
    },
  })
}
