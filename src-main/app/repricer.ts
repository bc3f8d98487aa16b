import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'
import type { OpenWorkspace } from './open-workspace'
import type { PriceBook } from './price-book'
import type { Workspaces } from './workspaces'

export interface Repricer {
  /** 0 to 1 of the open workspace's requests; null when all bear the prices in force. */
  share(): number | null
  close(): Promise<void>
}

/** Shortest time between two words to the screens, which read everything again upon each. */
const announceEveryMs = 1000

/** Keeps the stored prices of the open workspace those of the ledger, whenever either of the two is another. */
export function createRepricer(options: { workspaces: Workspaces; book: PriceBook; log: Log }): Repricer {
  const { workspaces, book, log } = options
  let watched: OpenWorkspace | null = null
  let share: number | null = null
  let stop = new AbortController()
  let running: Promise<void> = Promise.resolve()
  /** The prices changed while this workspace was open, so that some of its rows may have been written under either. */
  let isMixed = false

  function currentWorkspace(): OpenWorkspace | null {
    try {
      return workspaces.open()
    } catch {
      // None is open; why it is so stands in the workspace's state.
      return null
    }
  }

  /** Ends what runs and begins anew, for another workspace or another ledger. */
  function restart(): void {
    stop.abort()
    stop = new AbortController()
    share = null
    const workspace = watched
    const { signal } = stop
    if (workspace) running = running.then(() => run(workspace, signal))
  }

  async function run({ replica }: OpenWorkspace, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    let announcedMs = 0
    try {
      const ledger = book.ledger.current()
      const before = isMixed ? 0 : await replica.repricedShare(ledger.key)
      if (before !== null) share = before
      await replica.reprice(ledger, {
        signal,
        isAnew: isMixed,
        onProgress(done) {
          if (signal.aborted) return
          if (before !== null) share = done
          if (before === null || Date.now() - announcedMs < announceEveryMs) return
          announcedMs = Date.now()
          workspaces.announceRows(0)
        },
      })
      if (signal.aborted) return
      isMixed = false
      if (before !== null) log.info('Stored requests were priced anew')
      share = null
      if (before !== null) workspaces.announceRows(0)
    } catch (error) {
      // Goes on at the next start: how far it came stands in the replica.
      if (!signal.aborted) log.warn('Stored requests could not be priced anew', { code: asFailure(error).code })
    } finally {
      if (!signal.aborted) share = null
    }
  }

  const stops = [
    workspaces.onEvent((event) => {
      if (event.type !== 'workspace') return
      const current = currentWorkspace()
      if (current === watched) return
      watched = current
      isMixed = false
      restart()
    }),
    book.onChange(() => {
      isMixed = true
      restart()
    }),
  ]

  return {
    share: () => share,
    async close() {
      for (const end of stops) end()
      stop.abort()
      await running
    },
  }
}
