import path from 'node:path'
import { app, dialog, globalShortcut, Menu, Notification, powerMonitor, protocol, session, shell } from 'electron'
import { buildApp, type DesktopApp } from '../app/build-app'
import { readEnvironment, type Environment } from '../app/environment'
import { createFileLog } from '../app/file-log'
import type { Capabilities } from '../contract/host'
import type { Updates } from '../app/updates-api'
import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'
import { servePort } from '../rpc/port'
import { createRouter } from '../rpc/router'
import { openUpdates } from './app-updates'
import { chooseFolder } from './choose-folder'
import { declareAppScheme, serveAppScheme } from './app-scheme'
import { endWithLastWindow } from './close-to-tray'
import { deepLinkScheme, findDeepLink, parseDeepLink } from './deep-link'
import { followDesktopSettings } from './desktop-habits'
import { followNews } from './desktop-news'
import { lookForUpdates } from './look-for-updates'
import { createMainWindow, type MainWindow } from './main-window'
import { menuTemplate } from './menu'
import { guardNavigation } from './navigation'
import { openLink } from './open-link'
import { denyPermissions } from './permissions'
import { quitInOrder } from './quit-in-order'
import { openSystemTray } from './system-tray'

/** Its notifications on Windows are shown under this name. */
const appId = 'dev.nexus.desktop'

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
    const links = hearDeepLinks()
    await app.whenReady()
    await open(environment, links)
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

async function open(environment: Environment, links: DeepLinks): Promise<void> {
  const { dataDirectory } = environment
  const log = createFileLog({ directory: dataDirectory, echo: toTerminal })
  log.keepOut(environment.apiKey)
  let mainWindow: MainWindow | null = null
  const askAndOpen = (url: string): Promise<void> =>
    openLink(url, { shell, dialog, window: mainWindow?.current() ?? null })
  const root = app.getAppPath()
  const tray = await openSystemTray(path.join(root, 'resources/tray'), log)
  let closeInOrder = (): Promise<void> => Promise.resolve()
  const updates = await openUpdates({
    isPackaged: app.isPackaged,
    resources: process.resourcesPath,
    async beforeInstall() {
      await closeInOrder()
      // The new version may start before this one has ended.
      app.releaseSingleInstanceLock()
    },
    log,
  })
  const capabilities: Capabilities = {
    canManageConnections: true,
    canOpenExternal: true,
    canNotify: Notification.isSupported(),
    hasTray: tray !== null,
    canSignOut: false,
    canUpdate: updates !== null,
    // A checkout has no program of its own that a session could start.
    canStartAtLogin: app.isPackaged,
    canSetShortcut: true,
  }
  const product = await buildApp({
    environment,
    host: {
      name: 'desktop',
      version: app.getVersion(),
      capabilities,
      openExternal: askAndOpen,
      chooseFolder: () => chooseFolder({ dialog, window: mainWindow?.current() ?? null }),
      updates: updates ?? undefined,
      isOnBattery: () => powerMonitor.isOnBatteryPower(),
    },
    // From a checkout `npm start` shows something at once; an installed app asks first.
    openSampleWhenEmpty: !app.isPackaged,
    readingWorkerFile: path.join(root, 'dist/main/reading-worker.js'),
    log,
  })
  try {
    const router = createRouter(product.api, product.describeError)
    denyPermissions(session.defaultSession)
    serveAppScheme(protocol, { folder: path.join(root, 'dist/renderer'), exports: product.exports, log })
    app.on('web-contents-created', (_event, contents) => guardNavigation(contents, askAndOpen, log))
    mainWindow = await createMainWindow({ root, dataDirectory, serve: (port) => servePort(router, port), log })
    const stopNews = followNews({ product, mainWindow, tray, overlayFolder: path.join(root, 'resources/overlay'), log })
    const stopLooking = updates ? lookForUpdates(updates, tellOfUpdate(mainWindow), log) : () => undefined
    setMenu(mainWindow, dataDirectory, updates && checkFrom(mainWindow, updates, log))
    const stop = async (): Promise<void> => {
      stopNews()
      stopLooking()
    }
    closeInOrder = quitInOrder(app, [stop, product.close, mainWindow.saved], log)
    followDesktopSettings({ product, showWindow: mainWindow.show, canStartAtLogin: app.isPackaged, log })
    const staysInTray = (): boolean => tray !== null && product.settings().desktop.closesToTray
    await endWithLastWindow({ staysInTray, dataDirectory, log })
    followLifecycle(mainWindow, product)
    links.openWith(mainWindow)
  } catch (error) {
    await product.close()
    throw error
  }
}

function tellOfUpdate(mainWindow: MainWindow): (version: string) => void {
  return (version) => {
    if (!Notification.isSupported()) return
    const notification = new Notification({
      title: `Nexus Desktop ${version} is there`,
      body: 'Get it in the settings.',
    })
    notification.on('click', () => mainWindow.open('settings'))
    notification.show()
  }
}

/** What it finds stands in the settings. */
function checkFrom(mainWindow: MainWindow, updates: Updates, log: Log): () => void {
  return () => {
    mainWindow.open('settings')
    updates.check().catch((error: unknown) => log.info('No newer version could be looked for', { error }))
  }
}

function setMenu(mainWindow: MainWindow, dataDirectory: string, checkForUpdates: (() => void) | null): void {
  const history = () => mainWindow.current()?.webContents.navigationHistory
  const template = menuTemplate(
    { isMac: process.platform === 'darwin', isDevelopment: !app.isPackaged },
    {
      goTo: mainWindow.goTo,
      goBack: () => history()?.goBack(),
      goForward: () => history()?.goForward(),
      showDataFolder: () => void shell.openPath(dataDirectory),
      checkForUpdates,
    },
  )
  app.setAboutPanelOptions({ applicationName: 'Nexus Desktop', applicationVersion: app.getVersion() })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function followLifecycle(mainWindow: MainWindow, product: DesktopApp): void {
  app.on('activate', mainWindow.show)
  powerMonitor.on('resume', product.resume)
  app.on('will-quit', () => globalShortcut.unregisterAll())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.quit())
}

interface DeepLinks {
  /** Opens the window at what was asked for until now, and from then on at what is. */
  openWith(mainWindow: MainWindow): void
}

/** macOS tells of the link that started the app before it is ready, the others have it on their command line. */
function hearDeepLinks(): DeepLinks {
  let asked = findDeepLink(process.argv)
  let opened: MainWindow | null = null
  const go = (screenPath: string | null): void => {
    if (!opened) asked = screenPath ?? asked
    else if (screenPath === null) opened.show()
    else opened.open(screenPath)
  }
  if (app.isPackaged) app.setAsDefaultProtocolClient(deepLinkScheme)
  if (process.platform === 'win32') app.setAppUserModelId(appId)
  app.on('open-url', (event, url) => {
    event.preventDefault()
    go(parseDeepLink(url))
  })
  app.on('second-instance', (_event, argv) => go(findDeepLink(argv)))
  return {
    openWith(mainWindow) {
      opened = mainWindow
      go(asked)
    },
  }
}
