/** What some work tells, until it ends. Who stops reading cancels it. */
export async function* streamEvents<Event>(
  work: (tell: (event: Event) => void, signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event> {
  const left = new AbortController()
  const cancelled = AbortSignal.any([left.signal, ...(signal ? [signal] : [])])
  yield* new ReadableStream<Event>({
    start(events) {
      // Nobody listens any more once it was left.
      const tell = (event: Event): void => void (left.signal.aborted || events.enqueue(event))
      work(tell, cancelled).then(
        () => left.signal.aborted || events.close(),
        (error: unknown) => events.error(error),
      )
    },
    cancel: () => left.abort(),
  })
}
