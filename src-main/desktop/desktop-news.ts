import { app, nativeImage, Notification } from 'electron'
import type { DesktopApp } from '../app/build-app'
import type { AppNotification } from '../contract/notifications'
import type { Workspace } from '../contract/workspace'
import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'
import { bucketStarts } from '../core/usage/bucket-starts'
import type { MainWindow } from './main-window'
import type { SystemTray } from './system-tray'
import type { TrayFacts } from './tray-model'
import { showUnread } from './unread-badge'

const pauseMs = 3_600_000
/** Shortest time between two looks at the tray's figures, however fast rows arrive. */
const refreshMs = 5000
const recentRequests = 5
/** A notification that is collected loses its click. */
const mostKept = 20

/** Shows news as notifications, and state, figures and unread requests in tray and badge. Returns the way to stop. */
export function followNews(options: {
  product: DesktopApp
  mainWindow: MainWindow
  tray: SystemTray | null
  /** resources/overlay */
  overlayFolder: string
  log: Log
}): () => void {
  const { product, mainWindow, tray, overlayFolder, log } = options
  let unread = { count: 0, errors: 0 }
  let pausedUntilMs: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let pauseTimer: ReturnType<typeof setTimeout> | undefined
  let shown: Notification[] = []

  const stop = product.onEvent((event) => {
    if (event.type === 'news' && !mainWindow.isFocused()) {
      const errors = event.notifications.filter(({ isError }) => isError).length
      setUnread({ count: unread.count + event.count, errors: unread.errors + errors })
      for (const notification of event.notifications) show(notification)
    }
    refreshSoon()
  })
  mainWindow.onFocus(() => {
    setUnread({ count: 0, errors: 0 })
    void refresh()
  })

  function setUnread(next: typeof unread): void {
    unread = next
    showUnread(next.count, {
      app,
      window: mainWindow.current(),
      readImage: nativeImage.createFromPath,
      folder: overlayFolder,
      platform: process.platform,
    })
  }

  function show({ title, body, path: screenPath }: AppNotification): void {
    const notification = new Notification({ title, body })
    notification.on('click', () => mainWindow.open(screenPath))
    notification.show()
    shown = [...shown, notification].slice(-mostKept)
  }

  function refreshSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void refresh()
    }, refreshMs)
  }

  async function refresh(): Promise<void> {
    if (tray === null) return
    tray.show(await facts(), {
      open: mainWindow.show,
      goTo: mainWindow.open,
      pause: () => pause(Date.now() + pauseMs),
      resume: () => pause(null),
      quit: () => app.quit(),
    })
  }

  function pause(untilMs: number | null): void {
    pausedUntilMs = untilMs
    product.pauseNotifications(untilMs)
    clearTimeout(pauseTimer)
    if (untilMs !== null) pauseTimer = setTimeout(() => pause(null), untilMs - Date.now())
    void refresh()
  }

  async function facts(): Promise<TrayFacts> {
    const noSignal = { signal: undefined }
    const workspace: Workspace = await product.api.workspace.current(undefined, noSignal)
    const common = { workspace, unread, isPaused: pausedUntilMs !== null }
    if (workspace.kind === 'none') return { ...common, today: null, recent: [] }
    try {
      const nowMs = Date.now()
      const timeZone = product.timeZone()
      const [midnightMs = nowMs] = bucketStarts({ fromMs: nowMs, toMs: nowMs + 1 }, 'day', timeZone)
      const from = new Date(midnightMs).toISOString()
      const [{ requests, costUsd }, { items }] = await Promise.all([
        product.api.usage.stats({ from }, noSignal),
        product.api.conversations.list({ limit: recentRequests }, noSignal),
      ])
      return { ...common, today: { requests, costUsd }, recent: items }
    } catch (error) {
      log.info('The tray has no figures', { code: asFailure(error).code })
      return { ...common, today: null, recent: [] }
    }
  }

  void refresh()
  return () => {
    clearTimeout(timer)
    clearTimeout(pauseTimer)
    stop()
  }
}
