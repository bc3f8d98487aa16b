import { Worker } from 'node:worker_threads'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import { doneHere, type Remote } from '../core/remote-work'
import { createReadingWork, type ReadingAnswer, type ReadingCall, type ReadingWork } from './reading-work'

/** A body that needs more than this is given up, and the thread is started anew: nothing else is lost with it. */
const mostMegabytes = 1536

export interface ReadingWorker {
  work: Remote<ReadingWork>
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Failure): void
}

/** The reading work in a thread made from the built file; in this one where there is none. */
export function openReading(file: string | undefined, log: Log): ReadingWorker {
  return file === undefined
    ? { work: doneHere(createReadingWork()), close: () => Promise.resolve() }
    : startReadingWorker(file, log)
}

/**
 * Does the reading work in a thread of its own, made from the built file. The thread starts with the first call, and
 * anew with the next one after it broke down; what waited for it then fails with `internal`.
 */
export function startReadingWorker(file: string, log: Log, megabytes = mostMegabytes): ReadingWorker {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let calls = 0
  let isClosed = false

  function start(): Worker {
    const started = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: megabytes } })
    started.on('message', (answer: ReadingAnswer) => {
      const asked = waiting.get(answer.n)
      waiting.delete(answer.n)
      if ('error' in answer) asked?.reject(new Failure('internal', { cause: new Error(answer.error) }))
      else asked?.resolve(answer.value)
    })
    started.on('error', (error) => breakDown(started, error))
    started.on('exit', (code) => breakDown(started, new Error(`The reading thread ended with ${code}.`)))
    // A thread with nothing to do keeps no process alive.
    started.unref()
    return started
  }

  function breakDown(broken: Worker, cause: unknown): void {
    if (broken !== worker) return
    worker = null
    if (!isClosed) log.warn('The thread that reads bodies broke down and is started anew', { reason: String(cause) })
    for (const { reject } of waiting.values()) reject(new Failure('internal', { cause }))
    waiting.clear()
  }

  function call(method: keyof ReadingWork, args: unknown[]): Promise<unknown> {
    if (isClosed) return Promise.reject(new Failure('internal', { cause: new Error('The reading thread is closed.') }))
    worker ??= start()
    const asked: ReadingCall = { n: ++calls, method, args }
    worker.ref()
    return new Promise((resolve, reject) => {
      waiting.set(asked.n, { resolve, reject })
      worker?.postMessage(asked, [])
    }).finally(() => {
      if (waiting.size === 0) worker?.unref()
    })
  }

  const methods = Object.keys(createReadingWork()) as (keyof ReadingWork)[]
  return {
    work: Object.fromEntries(
      methods.map((method) => [method, (...args: unknown[]) => call(method, args)]),
    ) as unknown as Remote<ReadingWork>,
    async close() {
      isClosed = true
      const ending = worker
      // Before the thread ends: whether an answer is still under way is a matter of chance.
      if (ending) breakDown(ending, new Error('The reading thread is closed.'))
      await ending?.terminate()
    },
  }
}
