import type { App as ElectronApp } from 'electron'
import type { Log } from '../core/ports'

/** A database that hangs must not keep a closed window's process alive. */
const closeLimitMs = 10_000

/**
 * Holds the end of the process back until everything is closed: the windows are gone by then, so nobody waits for it. It
 * gets a limited time and may fail; the process ends either way. Returns the way to close everything beforehand.
 */
export function quitInOrder(electronApp: ElectronApp, closers: (() => Promise<void>)[], log: Log): () => Promise<void> {
  let closing: Promise<void> | null = null
  let isClosed = false

  async function closeAll(): Promise<void> {
    const limit = new Promise<never>((_resolve, reject) => {
      setTimeout(reject, closeLimitMs, new Error(`Not closed after ${closeLimitMs} ms`))
    })
    await Promise.race([Promise.all(closers.map((close) => close())), limit]).catch((error: unknown) =>
      log.error('The app could not be closed in order', { error }),
    )
    isClosed = true
  }

  electronApp.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    if (closing !== null) return
    closing = closeAll()
    void closing.then(() => electronApp.exit())
  })
  return () => (closing ??= closeAll())
}
