import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { Failure } from '../core/failure'
import { parseDatabaseUrl } from '../postgres/database-url'

/** What the environment says. A wrong value was refused before this exists. */
export interface Environment {
  databaseUrl: string | null
  apiKey: string | null
  dashboardEnabled: boolean
  host: string
  port: number
  dataDirectory: string
  feedUrl: string | null
  feedKey: string | null
  /** The folder that a server may write reports to. */
  reportsDirectory: string | null
}

type Variables = Record<string, string | undefined>

/** Reads and checks the variables of the README's table. Throws `invalid-input` with the name of the wrong one. */
export function readEnvironment(variables: Variables): Environment {
  const text = (name: string): string | null => variables[name]?.trim() || null
  return {
    databaseUrl: readDatabaseUrl(text('DATABASE_URL')),
    apiKey: text('DASHBOARD_API_KEY'),
    dashboardEnabled: readSwitch('ENABLE_DASHBOARD', text('ENABLE_DASHBOARD'), true),
    host: readHost(text('HOST')),
    port: readPort(text('PORT')),
    dataDirectory: readDataDirectory(text('NEXUS_DATA_DIR'), variables),
    feedUrl: readHttpUrl('NEXUS_FEED_URL', text('NEXUS_FEED_URL')),
    feedKey: text('NEXUS_FEED_KEY'),
    reportsDirectory: readReportsDirectory(text('NEXUS_REPORTS_DIR')),
  }
}

function refuse(name: string, why: string, cause?: unknown): never {
  throw new Failure('invalid-input', { message: `${name} ${why}`, hint: `Correct ${name} and start again.`, cause })
}

function readDatabaseUrl(value: string | null): string | null {
  if (value === null) return null
  try {
    parseDatabaseUrl(value)
    return value
  } catch (error) {
    return refuse('DATABASE_URL', `is not usable: ${error instanceof Failure ? error.message : 'it is no URL.'}`, error)
  }
}

function readSwitch(name: string, value: string | null, fallback: boolean): boolean {
  if (value === null) return fallback
  const word = value.toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  if (['false', '0', 'no', 'off'].includes(word)) return false
  return refuse(name, 'must be true or false.')
}

function readHost(value: string | null): string {
  if (value === null) return '127.0.0.1'
  if (/^[\w.:-]+$/.test(value)) return value
  return refuse('HOST', 'must be a host name or an address such as 127.0.0.1.')
}

function readPort(value: string | null): number {
  if (value === null) return 3000
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= 65535) return port
  return refuse('PORT', 'must be a whole number from 0 to 65535 (0 takes any free port).')
}

function readHttpUrl(name: string, value: string | null): string | null {
  if (value === null) return null
  const url = URL.canParse(value) ? new URL(value) : null
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return value
  return refuse(name, 'must be an address such as https://proxy.example.com/dashboard.')
}

function readDataDirectory(value: string | null, variables: Variables): string {
  if (value === null) return defaultDataDirectory(variables)
  if (value.includes('\0')) return refuse('NEXUS_DATA_DIR', 'must be the path of a folder.')
  return isAbsolute(value) ? value : resolve(value)
}

function readReportsDirectory(value: string | null): string | null {
  if (value !== null && (value.includes('\0') || !isAbsolute(value))) {
    return refuse('NEXUS_REPORTS_DIR', 'must be the whole path of a folder.')
  }
  return value
}

function defaultDataDirectory(variables: Variables): string {
  const home = homedir()
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Nexus Desktop')
  if (process.platform === 'win32')
    return join(variables['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Nexus Desktop')
  return join(variables['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'nexus-desktop')
}
