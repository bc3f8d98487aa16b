/*
 * Trusts no address that a page goes to: the window shows our own page and nothing else, and opens no other window.
 */
import type { WebContents } from 'electron'
import type { Log } from '../core/ports'
import { isOwnUrl } from '../security/navigation'
import { appOrigin } from './app-scheme'

/** Keeps `contents` on our own page. What wanted a new window goes to `openLink`, which decides and asks. */
export function guardNavigation(contents: WebContents, openLink: (url: string) => Promise<void>, log: Log): void {
  const stopForeign = (event: { url: string; preventDefault(): void }): void => {
    if (isOwnUrl(event.url, appOrigin)) return
    event.preventDefault()
    log.warn('A navigation away from the app was stopped', { url: event.url })
  }
  contents.on('will-navigate', stopForeign)
  contents.on('will-frame-navigate', stopForeign)
  contents.on('will-redirect', stopForeign)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url).catch((error: unknown) => log.warn('A link was not opened', { url, error }))
    return { action: 'deny' }
  })
}
