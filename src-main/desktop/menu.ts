import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  goTo(path: string): void
  goBack(): void
  goForward(): void
  showDataFolder(): void
  /** Null where the app cannot renew itself. */
  checkForUpdates: (() => void) | null
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The application menu as data. Reload and developer tools exist in development alone. */
export function menuTemplate(
  mode: { isMac: boolean; isDevelopment: boolean },
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const { isMac, isDevelopment } = mode
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.goTo('settings'),
  }
  const updates: MenuItemConstructorOptions[] = actions.checkForUpdates
    ? [{ label: 'Check for updates…', click: actions.checkForUpdates }]
    : []
  const appMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      ...updates,
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  }
  const goMenu: MenuItemConstructorOptions = {
    label: 'Go',
    submenu: [
      { label: 'Overview', accelerator: 'CmdOrCtrl+1', click: () => actions.goTo('') },
      { label: 'Conversations', accelerator: 'CmdOrCtrl+2', click: () => actions.goTo('conversations') },
      { label: 'Connections', accelerator: 'CmdOrCtrl+3', click: () => actions.goTo('connect') },
      separator,
      { label: 'Back', accelerator: isMac ? 'Cmd+[' : 'Alt+Left', click: actions.goBack },
      { label: 'Forward', accelerator: isMac ? 'Cmd+]' : 'Alt+Right', click: actions.goForward },
    ],
  }
  return [
    ...(isMac ? [appMenu] : []),
    {
      role: 'fileMenu',
      submenu: isMac ? [{ role: 'close' }] : [settings, separator, { role: 'quit' }],
    },
    { role: 'editMenu' },
    {
      role: 'viewMenu',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(isDevelopment ? [separator, { role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
      ],
    },
    goMenu,
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show data and log folder', click: actions.showDataFolder },
        ...(isMac ? [] : [separator, ...updates, { role: 'about' as const }]),
      ],
    },
  ]
}
