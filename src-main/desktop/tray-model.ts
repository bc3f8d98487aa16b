import type { MenuItemConstructorOptions } from 'electron'
import type { RequestRow } from '../contract/conversations'
import type { Workspace } from '../contract/workspace'

export type TrayState = 'live' | 'offline' | 'alert'

export interface TrayFacts {
  workspace: Workspace
  /** Since midnight in the chosen zone; null while no figures can be had. */
  today: { requests: number; costUsd: number } | null
  unread: { count: number; errors: number }
  recent: RequestRow[]
  isPaused: boolean
}

export interface TrayActions {
  open(): void
  goTo(screenPath: string): void
  pause(): void
  resume(): void
  quit(): void
}

const longestLabel = 48

/** What the icon says: something asks for a person, nothing is heard, or all is well. */
export function trayState({ workspace, unread }: Pick<TrayFacts, 'workspace' | 'unread'>): TrayState {
  const { source, feed } = workspace
  if (unread.errors > 0 || feed?.state === 'unauthorised') return 'alert'
  if (source?.state !== 'connected' || feed?.state === 'offline') return 'offline'
  return 'live'
}

/** The icon's file in resources/tray: macOS colours templates itself, Windows and Linux panels differ in size. */
export function trayIcon(state: TrayState, platform: string): string {
  if (platform === 'darwin') return `${state}Template.png`
  return platform === 'win32' ? `${state}.png` : `${state}-linux.png`
}

export function trayTooltip(facts: TrayFacts): string {
  return ['Nexus Desktop', stateLine(facts), todayLine(facts)].join('\n')
}

export function trayMenu(facts: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  const { unread, recent, isPaused } = facts
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const note = (label: string): MenuItemConstructorOptions => ({ label: plain(label), enabled: false })
  return [
    note(stateLine(facts)),
    note(todayLine(facts)),
    ...(unread.count > 0
      ? [note(`${unread.count} unread${unread.errors > 0 ? `, ${unread.errors} failed` : ''}`)]
      : []),
    separator,
    ...recent.map((row) => ({ label: rowLabel(row), click: () => actions.goTo(`conversation/${row.id}`) })),
    ...(recent.length > 0 ? [separator] : []),
    isPaused
      ? { label: 'Show notifications again', click: actions.resume }
      : { label: 'Pause notifications for an hour', click: actions.pause },
    { label: 'Open Nexus Desktop', click: actions.open },
    separator,
    { label: 'Quit', click: actions.quit },
  ]
}

function stateLine({ workspace }: TrayFacts): string {
  const { kind, name, source, feed } = workspace
  if (kind === 'none') return 'No database is connected'
  if (feed?.state === 'unauthorised') return `${name}: the proxy refused the API key`
  if (source?.state === 'connecting') return `${name}: connecting`
  if (source?.state !== 'connected' || feed?.state === 'offline') return `${name}: offline`
  return `${name}: ${feed?.state === 'polling' ? 'up to date, by asking the database' : 'live'}`
}

function todayLine({ today }: TrayFacts): string {
  if (today === null) return 'Today: no figures yet'
  const cost = today.costUsd.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
  return `Today: ${cost}, ${today.requests.toLocaleString('en-US')} ${today.requests === 1 ? 'request' : 'requests'}`
}

function rowLabel(row: RequestRow): string {
  const text = [row.domain ?? 'No domain', row.preview || row.model].filter(Boolean).join(': ')
  return plain(text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text)
}

/** In a menu an ampersand would underline the letter after it. */
function plain(label: string): string {
  return label.replaceAll('&', '&&')
}
