import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'

/** Closes in order at the first SIGINT, SIGTERM or SIGHUP and then exits; a second signal does not wait. */
export function closeOnSignals(close: () => Promise<void>, log: Log): void {
  let isClosing = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isClosing) process.exit(1)
    isClosing = true
    log.info('Closing', { signal })
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('Closing failed', { error: asFailure(error) })
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}
