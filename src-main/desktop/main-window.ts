import path from 'node:path'
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron'
import type { Log } from '../core/ports'
import type { ServerPort } from '../rpc/port'
import { openJsonFile } from '../settings/json-file'
import { startUrl } from './app-scheme'
import { recoverFromCrashes } from './crash-recovery'
import { servePages } from './ipc'
import { windowOptions } from './window-options'
import { firstPlace, placeOnScreens, windowPlace } from './window-place'

export interface MainWindow {
  /** Opens the window, or brings the open one to the front. */
  show(): void
  /** Shows the screen at that path below /dashboard/, with the filters that are on. */
  goTo(screenPath: string): void
  /** Brings the window to the front with that address below /dashboard/, which may have filters of its own. */
  open(screenAddress: string): void
  isFocused(): boolean
  /** Hears each time the window comes to the front. */
  onFocus(listener: () => void): void
  current(): BrowserWindow | null
  /** Resolves when the window's place is on disk. */
  saved(): Promise<void>
}

/** The app's one window; it may be closed and opened again. `root` is the folder that holds dist/ and resources/. */
export async function createMainWindow(options: {
  root: string
  dataDirectory: string
  serve: (port: ServerPort) => void
  log: Log
}): Promise<MainWindow> {
  const { root, dataDirectory, serve, log } = options
  const placeFile = await openJsonFile({
    path: path.join(dataDirectory, 'window.json'),
    schema: windowPlace,
    fallback: firstPlace,
    log,
  })
  let window: BrowserWindow | null = null
  const focusListeners: (() => void)[] = []
  let saving: Promise<void> = Promise.resolve()

  function open(url = startUrl): BrowserWindow {
    const saved = placeFile.value()
    const opened = new BrowserWindow(
      windowOptions({
        preload: path.join(root, 'dist/preload/preload.cjs'),
        icon: path.join(root, 'resources/icons/512x512.png'),
        place: placeOnScreens(
          saved,
          screen.getAllDisplays().map((display) => display.workArea),
        ),
        isDark: nativeTheme.shouldUseDarkColors,
        isPackaged: app.isPackaged,
      }),
    )
    const load = (): void => void loadPage(opened, url, log)
    if (saved.isMaximized) opened.maximize()
    opened.once('ready-to-show', () => opened.show())
    opened.on('close', () => rememberPlace(opened))
    opened.on('closed', () => (window = null))
    opened.on('focus', () => focusListeners.forEach((listener) => listener()))
    servePages(opened.webContents, serve, log)
    recoverFromCrashes(opened, { load, quit: () => app.quit(), dialog, log })
    load()
    return opened
  }

  function rememberPlace(closing: BrowserWindow): void {
    const { x, y, width, height } = closing.getNormalBounds()
    saving = placeFile
      .write({ x, y, width, height, isMaximized: closing.isMaximized() })
      .catch((error: unknown) => log.warn('The place of the window could not be saved', { error }))
  }

  function bringToFront(shown: BrowserWindow): void {
    if (shown.isMinimized()) shown.restore()
    shown.focus()
  }

  return {
    show() {
      window ??= open()
      bringToFront(window)
    },
    open(screenAddress) {
      const url = `${startUrl}${screenAddress}`
      if (window) void loadPage(window, url, log)
      else window = open(url)
      bringToFront(window)
    },
    isFocused: () => window?.isFocused() ?? false,
    onFocus: (listener) => void focusListeners.push(listener),
    goTo(screenPath) {
      window ??= open()
      const { search } = new URL(window.webContents.getURL() || startUrl)
      void loadPage(window, `${startUrl}${screenPath}${search}`, log)
    },
    current: () => window,
    saved: () => saving,
  }
}

/** A load that fails is answered by the crash recovery's own event; the promise only repeats it. */
async function loadPage(window: BrowserWindow, url: string, log: Log): Promise<void> {
  try {
    await window.loadURL(url)
  } catch (error) {
    log.info('A page did not load to its end', { url, error })
  }
}
