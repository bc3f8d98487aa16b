import path from 'node:path'
import type { App, BrowserWindow, NativeImage } from 'electron'

/** Icons are drawn up to this; a taskbar has no room for two figures. */
const mostDrawn = 9

/** The icon's file in resources/overlay; null for none. */
export function overlayIcon(unread: number): string | null {
  if (unread === 0) return null
  return unread > mostDrawn ? 'more.png' : `${unread}.png`
}

/**
 * Shows the number of unread requests: on the dock (macOS) and launchers that know it (Linux), and on Windows, which has
 * no such number, over the window's icon in the taskbar, where there is a window.
 */
export function showUnread(
  unread: number,
  on: {
    app: Pick<App, 'setBadgeCount'>
    window: Pick<BrowserWindow, 'setOverlayIcon'> | null
    readImage: (file: string) => NativeImage
    /** resources/overlay */
    folder: string
    platform: string
  },
): void {
  if (on.platform !== 'win32') {
    on.app.setBadgeCount(unread)
    return
  }
  const icon = overlayIcon(unread)
  on.window?.setOverlayIcon(
    icon === null ? null : on.readImage(path.join(on.folder, icon)),
    icon ? `${unread} unread` : '',
  )
}
