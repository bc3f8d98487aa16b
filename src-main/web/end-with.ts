/**
 * The same bytes, until `end` is aborted: then the reader sees an ordinary end and the source is cancelled. `release` is
 * called once, however it ends.
 */
export function endWith(
  source: ReadableStream<Uint8Array>,
  end: AbortSignal,
  release: () => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  let finish = (): void => undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const onEnd = (): void => {
        finish()
        controller.close()
        // A source that fails while it is cancelled has nobody left to tell.
        reader.cancel().catch(() => undefined)
      }
      finish = () => {
        finish = () => undefined
        end.removeEventListener('abort', onEnd)
        release()
      }
      end.addEventListener('abort', onEnd)
      if (end.aborted) onEnd()
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (end.aborted) return
        if (!done) return controller.enqueue(value)
        finish()
        controller.close()
      } catch (error) {
        finish()
        if (!end.aborted) controller.error(error)
      }
    },
    async cancel() {
      finish()
      await reader.cancel()
    },
  })
}
