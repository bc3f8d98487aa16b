import { dialog, globalShortcut } from 'electron'
import type { DesktopApp } from '../app/build-app'
import type { Log } from '../core/ports'
import { setLoginItem } from './login-item'

/** Brings the window to the front from anywhere. */
export const showShortcut = 'CommandOrControl+Alt+N'

/** Lets the system do what the settings say: the shortcut from now on, the login item upon each change. */
export function followDesktopSettings(options: {
  product: DesktopApp
  showWindow: () => void
  canStartAtLogin: boolean
  log: Log
}): void {
  const { product, showWindow, canStartAtLogin, log } = options
  let current = product.settings().desktop
  if (current.hasShowShortcut) registerShortcut()

  product.onSettings(({ desktop }) => {
    const former = current
    current = desktop
    if (desktop.hasShowShortcut !== former.hasShowShortcut) {
      if (desktop.hasShowShortcut) registerShortcut()
      else globalShortcut.unregister(showShortcut)
    }
    if (canStartAtLogin && desktop.startsAtLogin !== former.startsAtLogin) {
      setLoginItem(desktop.startsAtLogin).catch((error: unknown) => {
        log.error('The login item could not be changed', { error })
        complain('The app could not be set to start at login.', 'The log tells why.')
      })
    }
  })

  function registerShortcut(): void {
    if (globalShortcut.register(showShortcut, showWindow)) return
    log.warn('The shortcut is taken')
    complain('The shortcut could not be set.', 'Another program has it, or this desktop allows none.')
  }
}

function complain(message: string, detail: string): void {
  void dialog.showMessageBox({ type: 'warning', message, detail })
}
