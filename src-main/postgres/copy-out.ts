/*
 * One `COPY … TO STDOUT` as a query of the `pg` client, with the socket paused while the reader is busy. It uses the
 * hooks that the client calls on any query object; pg-copy-streams takes the socket's listeners away instead, and
 * fails outside of any try when the connection dies in the middle.
 */
import type { Connection, Submittable } from 'pg'

interface CopyData {
  chunk: Buffer
}

export interface CopyOut extends Submittable {
  /** Settles with the end of the COPY. */
  readonly done: Promise<void>
  pause(): void
  resume(): void
}

/** Calls `onData` for each piece. What `onData` throws ends the COPY with that error. */
export function createCopyOut(sql: string, onData: (piece: Buffer) => void): CopyOut {
  let stream: { pause(): void; resume(): void } | null = null
  let failed = false
  let resolve: () => void
  let reject: (error: unknown) => void
  const done = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  const fail = (error: unknown): void => {
    failed = true
    reject(error)
  }
  const hooks = {
    submit(connection: Connection) {
      stream = connection.stream
      connection.query(sql)
    },
    handleCopyData({ chunk }: CopyData) {
      if (failed) return
      try {
        onData(chunk)
      } catch (error) {
        fail(error)
      }
    },
    handleError: fail,
    handleReadyForQuery: () => resolve(),
    handleRowDescription() {},
    handleDataRow() {},
    handlePortalSuspended() {},
    handleEmptyQuery() {},
    handleCommandComplete() {},
    handleCopyInResponse() {},
  }
  return { ...hooks, done, pause: () => stream?.pause(), resume: () => stream?.resume() }
}
