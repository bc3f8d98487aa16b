import type { JsonRow } from './json-tree'

export type TreeCall =
  | { method: 'load'; text: string }
  | { method: 'slice'; start: number; count: number }
  | { method: 'toggle'; index: number }
  | { method: 'openAll' }
  | { method: 'closeAll' }
  | { method: 'search'; query: string }
  | { method: 'reveal'; match: number }
  | { method: 'path'; index: number }
  | { method: 'text'; index: number }

export interface TreeAnswer {
  id: number
  result?: number | string | JsonRow[] | { index: number; rowCount: number }
  error?: string
}

/** A JSON tree in a worker of its own. Every method rejects with the worker's sentence; `close` ends the worker. */
export class JsonTreeClient {
  #worker = new Worker(new URL('./json-tree-worker.ts', import.meta.url), { type: 'module' })
  #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  #nextId = 0

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<TreeAnswer>) => {
      const call = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if (data.error === undefined) call?.resolve(data.result as never)
      else call?.reject(new Error(data.error))
    })
    this.#worker.addEventListener('error', () => this.#rejectAll('The raw view could not be started.'))
  }

  /** Parses a text and gives the number of rows to show. */
  load(text: string): Promise<number> {
    return this.#ask({ method: 'load', text })
  }
  slice(start: number, count: number): Promise<JsonRow[]> {
    return this.#ask({ method: 'slice', start, count })
  }
  /** Folds or unfolds, and gives the new number of rows; so do `openAll` and `closeAll`. */
  toggle(index: number): Promise<number> {
    return this.#ask({ method: 'toggle', index })
  }
  openAll(): Promise<number> {
    return this.#ask({ method: 'openAll' })
  }
  closeAll(): Promise<number> {
    return this.#ask({ method: 'closeAll' })
  }
  /** The number of matches. */
  search(query: string): Promise<number> {
    return this.#ask({ method: 'search', query })
  }
  reveal(match: number): Promise<{ index: number; rowCount: number }> {
    return this.#ask({ method: 'reveal', match })
  }
  path(index: number): Promise<string> {
    return this.#ask({ method: 'path', index })
  }
  text(index: number): Promise<string> {
    return this.#ask({ method: 'text', index })
  }

  close(): void {
    this.#worker.terminate()
    this.#rejectAll('The raw view was closed.')
  }

  #ask<T>(call: TreeCall): Promise<T> {
    const id = this.#nextId++
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
      this.#worker.postMessage({ id, call })
    })
  }

  #rejectAll(message: string): void {
    for (const call of this.#waiting.values()) call.reject(new Error(message))
    this.#waiting.clear()
  }
}
