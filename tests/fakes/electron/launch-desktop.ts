import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { findChromium } from '../chromium'

const root = path.resolve(import.meta.dirname, '../../..')
const standInBinary = path.join(import.meta.dirname, 'electron.cjs')
const electronFolder = path.join(root, 'node_modules/electron')

/** What the started app sees; nothing of the tester's own configuration. */
export interface DesktopEnvironment {
  NEXUS_DATA_DIR: string
  DATABASE_URL?: string
  PATH?: string
  XDG_CACHE_HOME?: string
  APPIMAGE?: string
  /** For the stand-in: the folder of an installed app's archive. */
  STAND_IN_RESOURCES?: string
}

/** One way to run the built desktop app: in the stand-in, or in Electron itself where it can be had. */
export interface DesktopHost {
  name: string
  /** Why it does not run here; null where it does. */
  unavailable: string | null
  /** Starts the app in `appFolder`, the checkout if none is given. */
  launch(environment: DesktopEnvironment, appFolder?: string): Promise<ElectronApplication>
}

export const standIn: DesktopHost = {
  name: 'the Electron stand-in',
  unavailable: null,
  async launch(environment, appFolder = root) {
    return _electron.launch({
      executablePath: standInBinary,
      args: [appFolder],
      env: { ...cleanEnvironment(), ...environment, ...(await standInEnvironment()) },
    })
  },
}

export const realElectron: DesktopHost = {
  name: 'Electron itself',
  unavailable: whyNoElectron(),
  launch: (environment, appFolder = root) =>
    _electron.launch({ args: [appFolder], chromiumSandbox: true, env: { ...cleanEnvironment(), ...environment } }),
}

/** What the stand-in needs to find its Chromium. */
export async function standInEnvironment(): Promise<Record<string, string>> {
  return { STAND_IN_CHROMIUM: JSON.stringify(await findChromium()) }
}

/** The tester's environment without what configures the app. */
export function cleanEnvironment(): Record<string, string> {
  const own = /^(DATABASE_URL|DASHBOARD_API_KEY|ENABLE_DASHBOARD|HOST|PORT|NEXUS_.*)$/
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !own.test(entry[0]),
    ),
  )
}

function whyNoElectron(): string | null {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display'
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Electron does not run as root'
  const pathFile = path.join(electronFolder, 'path.txt')
  const isInstalled =
    existsSync(pathFile) && existsSync(path.join(electronFolder, 'dist', readFileSync(pathFile, 'utf8')))
  return isInstalled ? null : "Electron's binary is not installed (npm start fetches it)"
}
