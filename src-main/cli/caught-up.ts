import type { App } from '../app/app'
import { Failure } from '../core/failure'

/**
 * Waits until the workspace is open and its replica has all that the source has. Gives a sentence when it goes on with
 * what is there, since the database does not answer. Throws why nothing can be exported.
 */
export async function caughtUp(app: App, signal: AbortSignal): Promise<string | null> {
  let wake = (): void => undefined
  const stop = app.onEvent(() => wake())
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  try {
    await app.opened
    for (;;) {
      if (signal.aborted) throw new Failure('query-cancelled', { message: 'The export was cancelled.' })
      const changed = new Promise<void>((resolve) => (wake = resolve))
      const { kind, sync, source } = await app.api.workspace.current(undefined, { signal })
      if (kind === 'none') throw new Failure('no-workspace', { hint: 'Set DATABASE_URL, or connect in the app first.' })
      if (sync === null) throw new Failure(source?.failure?.code ?? 'no-workspace', source?.failure ?? {})
      if (sync.phase === 'following' || sync.phase === 'paused') return null
      if (source?.state === 'unreachable') {
        if (sync.asOf === null) throw new Failure(source.failure?.code ?? 'database-unreachable', source.failure ?? {})
        return `${source.failure?.message ?? 'The database cannot be reached.'} Exporting what is here.`
      }
      await changed
    }
  } finally {
    stop()
    signal.removeEventListener('abort', onAbort)
  }
}
