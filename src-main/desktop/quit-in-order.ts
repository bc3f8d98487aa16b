import type { App as ElectronApp } from 'electron'
import type { Log } from '../core/ports'

/** A database that hangs must not keep a closed window's process alive. */
const closeLimitMs = 10_000

/**
 * Holds the end of the process back until everything is closed: the windows are gone by then, so nobody waits for it. It
 * gets a limited time and may fail; the process ends either way.
 */
export function quitInOrder(electronApp: ElectronApp, closers: (() => Promise<void>)[], log: Log): void {
  let isClosing = false
  electronApp.on('will-quit', (event) => {
    event.preventDefault()
    if (isClosing) return
    isClosing = true
    const limit = new Promise<never>((_resolve, reject) => {
      setTimeout(reject, closeLimitMs, new Error(`Not closed after ${closeLimitMs} ms`))
    })
    Promise.race([Promise.all(closers.map((close) => close())), limit])
      .catch((error: unknown) => log.error('The app could not be closed in order', { error }))
      .finally(() => electronApp.exit())
  })
}
