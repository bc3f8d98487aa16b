import type { BrowserWindowConstructorOptions, Rectangle } from 'electron'

/** Below this the frame has no room for a screen. */
const smallestSize = { minWidth: 480, minHeight: 400 }

/** The canvas of the renderer's theme, so that nothing flashes before the page is drawn. */
export const canvasColour = { light: '#fafafa', dark: '#111113' }

/** The one window, as data. Everything about its safety stands here. */
export function windowOptions(options: {
  preload: string
  icon: string
  place: Partial<Rectangle>
  isDark: boolean
  isPackaged: boolean
}): BrowserWindowConstructorOptions {
  return {
    ...smallestSize,
    ...options.place,
    title: 'Nexus Desktop',
    icon: options.icon,
    show: false,
    backgroundColor: options.isDark ? canvasColour.dark : canvasColour.light,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: !options.isPackaged,
      // Its dictionaries would be fetched from another host.
      spellcheck: false,
    },
  }
}
