import { parentPort } from 'node:worker_threads'
import { createReadingWork, type ReadingAnswer, type ReadingCall } from './reading-work'

/* The thread that reads bodies, of either host. It is asked by `start-reading-worker.ts` and asks nobody. */

/** Bodies that nobody turns the pages of any more take no memory. */
const closedAfterMs = 60_000

const work = createReadingWork()
let closing: NodeJS.Timeout | undefined

parentPort?.on('message', ({ n, method, args }: ReadingCall) => {
  clearTimeout(closing)
  closing = setTimeout(work.close, closedAfterMs)
  parentPort?.postMessage(answer(n, method, args), [])
})

function answer(n: number, method: ReadingCall['method'], args: unknown[]): ReadingAnswer {
  try {
    return { n, value: (work[method] as (...args: unknown[]) => unknown)(...args) }
  } catch (error) {
    return { n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
