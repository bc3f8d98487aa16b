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
    await explainAndExit(error)
  }
}

/** On the terminal too: what was foreseen is a sentence and a hint, anything else needs its stack to be understood. */
async function explainAndExit(error: unknown): Promise<void> {
  const { code, message, hint } = asFailure(error)
  toTerminal(code === 'internal' && error instanceof Error ? (error.stack ?? message) : `${message}\n${hint}`)
  // Before the app is ready a dialog is no window on every system.
  await app.whenReady()
  dialog.showErrorBox('Nexus Desktop could not start', `${message}\n\n${hint}`)
  app.exit(1)
}

function toTerminal(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function open(environment: Environment): Promise<void> {
  const { dataDirectory } = environment
  const log = createFileLog({ directory: dataDirectory, echo: toTerminal })
  log.keepOut(environment.apiKey)
  let mainWindow: MainWindow | null = null
  const askAndOpen = (url: string): Promise<void> =>
    openLink(url, { shell, dialog, window: mainWindow?.current() ?? null })
  const product = await buildApp({
    environment,
    host: { name: 'desktop', version: app.getVersion(), capabilities, openExternal: askAndOpen },
    // From a checkout `npm start` shows something at once; an installed app asks first.
    openSampleWhenEmpty: !app.isPackaged,
    log,
  })
  try {
    const root = app.getAppPath()
    const router = createRouter(product.api, product.describeError)
    denyPermissions(session.defaultSession)
    serveAppScheme(protocol, path.join(root, 'dist/renderer'), log)
    app.on('web-contents-created', (_event, contents) => guardNavigation(contents, askAndOpen, log))
    mainWindow = await createMainWindow({ root, dataDirectory, serve: (port) => servePort(router, port), log })
    setMenu(mainWindow, dataDirectory)
    quitInOrder(app, [product.close, mainWindow.saved], log)
    followLifecycle(mainWindow)
    mainWindow.show()
  } catch (error) {
    await product.close()
    throw error
  }
}

function setMenu(mainWindow: MainWindow, dataDirectory: string): void {
  const history = () => mainWindow.current()?.webContents.navigationHistory
  const template = menuTemplate(
    { isMac: process.platform === 'darwin', isDevelopment: !app.isPackaged },
    {
      goTo: mainWindow.goTo,
      goBack: () => history()?.goBack(),
      goForward: () => history()?.goForward(),
      showDataFolder: () => void shell.openPath(dataDirectory),
    },
  )
  app.setAboutPanelOptions({ applicationName: 'Nexus Desktop', applicationVersion: app.getVersion() })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function followLifecycle(mainWindow: MainWindow): void {
  app.on('second-instance', mainWindow.show)
  app.on('activate', mainWindow.show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.quit())
}
