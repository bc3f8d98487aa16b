import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { Menu, Tray } from 'electron'
import type { Log } from '../core/ports'
import { trayIcon, trayMenu, trayState, trayTooltip, type TrayActions, type TrayFacts } from './tray-model'

export interface SystemTray {
  show(facts: TrayFacts, actions: TrayActions): void
}

/** Electron draws a tray icon on Linux through this service, and says nothing where a desktop lacks it. */
const linuxTrayService = 'org.kde.StatusNotifierWatcher'
const answerLimitMs = 2000

/** The tray's icon, in `folder` by its state; null, with a line in the log, where the desktop shows none. */
export async function openSystemTray(folder: string, log: Log): Promise<SystemTray | null> {
  const { platform } = process
  const iconOf = (state: ReturnType<typeof trayState>): string => path.join(folder, trayIcon(state, platform))
  if (platform === 'linux' && !(await hasLinuxTray())) {
    log.info('This desktop has no tray')
    return null
  }
  let tray: Tray
  try {
    tray = new Tray(iconOf('offline'))
  } catch (error) {
    log.warn('The tray icon could not be shown', { error })
    return null
  }
  tray.setToolTip('Nexus Desktop')
  let openWindow = (): void => undefined
  // On macOS a click opens the menu.
  if (platform !== 'darwin') tray.on('click', () => openWindow())
  return {
    show(facts, actions) {
      openWindow = actions.open
      tray.setImage(iconOf(trayState(facts)))
      tray.setToolTip(trayTooltip(facts))
      tray.setContextMenu(Menu.buildFromTemplate(trayMenu(facts, actions)))
    },
  }
}

/** Whether somebody owns the tray's name on the session bus. Without dbus-send nobody can be asked: no tray then. */
async function hasLinuxTray(): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(
      'dbus-send',
      [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.DBus',
        '/org/freedesktop/DBus',
        'org.freedesktop.DBus.NameHasOwner',
        `string:${linuxTrayService}`,
      ],
      { timeout: answerLimitMs },
    )
    return stdout.includes('boolean true')
  } catch {
    return false
  }
}
