import path from 'node:path'
import { app, dialog, Menu, protocol, session, shell } from 'electron'
import { buildApp } from '../app/build-app'
import { readEnvironment, type Environment } from '../app/environment'
import { createFileLog } from '../app/file-log'
import type { Capabilities } from '../contract/host'
import { asFailure } from '../core/failure'
import { servePort } from '../rpc/port'
import { createRouter } from '../rpc/router'
import { declareAppScheme, serveAppScheme } from './app-scheme'
import { createMainWindow, type MainWindow } from './main-window'
import { menuTemplate } from './menu'
import { guardNavigation } from './navigation'
import { openLink } from './open-link'
import { denyPermissions } from './permissions'
import { quitInOrder } from './quit-in-order'

const capabilities: Capabilities = {
  canManageConnections: true,
  canOpenExternal: true,
  canNotify: false,
  hasTray: false,
  canSignOut: false,
  canUpdate: false,
}

/** Opens the desktop app, or hands over to the one that is open. What stops it is shown in a dialog. */
export async function startDesktop(): Promise<void> {
  try {
    // These must come before the app is ready, so nothing may be awaited above them.
    app.enableSandbox()
    declareAppScheme(protocol)
    const environment = readEnvironment(process.env)
    // Chromium's own files. The lock of the single instance belongs to this folder, so each data folder has one.
    app.setPath('userData', path.join(environment.dataDirectory, 'chromium'))
    if (!app.requestSingleInstanceLock()) return app.exit()
    await app.whenReady()
    await open(environment)
  } catch (error) {
    const { message, hint } = asFailure(error)
    toTerminal(error instanceof Error ? (error.stack ?? message) : message)
    dialog.showErrorBox('Nexus Desktop could not start', `${message}\n\n${hint}`)
    app.exit(1)
  }
}

function toTerminal(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function open(environment: Environment): Promise<void> {
  const { dataDirectory } = environment
  const root = app.getAppPath()
  const log = createFileLog({ directory: dataDirectory, echo: toTerminal })

  let mainWindow: MainWindow | null = null
  const system = () => ({ shell, dialog, window: mainWindow?.current() ?? null })
  const product = await buildApp({
    environment,
    host: { name: 'desktop', version: app.getVersion(), capabilities, openExternal: (url) => openLink(url, system()) },
    // From a checkout `npm start` shows something at once; an installed app asks first.
    openSampleWhenEmpty: !app.isPackaged,
    log,
  })
  const router = createRouter(product.api, product.describeError)

  denyPermissions(session.defaultSession)
  serveAppScheme(protocol, path.join(root, 'dist/renderer'), log)
  app.on('web-contents-created', (_event, contents) => {
    const openOrLog = (url: string): void =>
      void openLink(url, system()).catch((error: unknown) => log.warn('A link was not opened', { url, error }))
    guardNavigation(contents, openOrLog, log)
  })

  const opened = await createMainWindow({ root, dataDirectory, serve: (port) => servePort(router, port), log })
  mainWindow = opened
  app.setAboutPanelOptions({ applicationName: 'Nexus Desktop', applicationVersion: app.getVersion() })
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(
        { isMac: process.platform === 'darwin', isDevelopment: !app.isPackaged },
        {
          goTo: opened.goTo,
          goBack: () => opened.current()?.webContents.navigationHistory.goBack(),
          goForward: () => opened.current()?.webContents.navigationHistory.goForward(),
          showDataFolder: () => void shell.openPath(dataDirectory),
        },
      ),
    ),
  )

  app.on('second-instance', opened.show)
  app.on('activate', opened.show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.quit())
  quitInOrder(app, [product.close, opened.saved], log)
  opened.show()
}
