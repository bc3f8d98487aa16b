import type { BrowserWindow, Dialog } from 'electron'
import type { Log } from '../core/ports'

/** More than this in the time below is no accident: the user decides then. */
const reloadsWithoutAsking = 2
const windowMs = 60_000

/** Chromium's code for a load that another one replaced: not a failure. */
const loadWasReplaced = -3

/** Says whether a crash at `nowMs` may be answered with a reload at once. */
export function createCrashBudget(): (nowMs: number) => boolean {
  let crashesMs: number[] = []
  return (nowMs) => {
    crashesMs = [...crashesMs.filter((crashMs) => nowMs - crashMs < windowMs), nowMs]
    return crashesMs.length <= reloadsWithoutAsking
  }
}

/** Brings the page back after its process has died or its load has failed, and asks when that goes on. */
export function recoverFromCrashes(
  window: BrowserWindow,
  options: { load: () => void; quit: () => void; dialog: Dialog; log: Log },
): void {
  const { load, quit, dialog, log } = options
  const mayReload = createCrashBudget()
  const { webContents } = window

  async function ask(message: string, detail: string): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message,
      detail,
      buttons: ['Try again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    })
    if (response === 0) load()
    else quit()
  }

  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    log.error('The page process ended', { reason, exitCode })
    if (mayReload(Date.now())) load()
    else void ask('The window keeps crashing.', `Its last reason: ${reason}. The log has the details.`)
  })

  webContents.on('did-fail-load', (_event, errorCode, errorDescription, url, isMainFrame) => {
    if (!isMainFrame || errorCode === loadWasReplaced || window.isDestroyed()) return
    log.error('The page could not be loaded', { errorCode, errorDescription, url })
    void ask('The window could not be drawn.', `The app's own files could not be loaded (${errorDescription}).`)
  })
}
