import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { RequestRow } from '../../src-main/contract/conversations'
import type { FeedState, SourceState, Workspace } from '../../src-main/contract/workspace'
import { trayIcon, trayMenu, trayState, trayTooltip, type TrayFacts } from '../../src-main/desktop/tray-model'

const since = '2026-03-01T12:00:00.000Z'

function workspace(source: SourceState['state'], feed: FeedState['state']): Workspace {
  return {
    kind: 'connection',
    id: 'a',
    name: 'Production',
    colour: 'teal',
    source: { state: source, failure: null, since, table: null, serverVersion: null, roleCanWrite: null },
    sync: null,
    feed: { state: feed, via: 'stream', since, lastEventAt: null, failure: null },
  }
}

const facts: TrayFacts = {
  workspace: workspace('connected', 'live'),
  today: { requests: 1234, costUsd: 5.678 },
  unread: { count: 0, errors: 0 },
  recent: [],
  isPaused: false,
}

function press(menuFacts: TrayFacts, label: string): string[] {
  const pressed: string[] = []
  const menu = trayMenu(menuFacts, {
    open: () => pressed.push('open'),
    goTo: (screenPath) => pressed.push(screenPath),
    pause: () => pressed.push('pause'),
    resume: () => pressed.push('resume'),
    quit: () => pressed.push('quit'),
  })
  const item = menu.find((each) => each.label === label)
  ;(item?.click as (() => void) | undefined)?.()
  return pressed
}

const labels = (menuFacts: TrayFacts) =>
  trayMenu(menuFacts, { open() {}, goTo() {}, pause() {}, resume() {}, quit() {} }).map(({ label }) => label)

test.each([
  ['connected', 'live', 0, 'live'],
  ['connected', 'polling', 0, 'live'],
  ['connected', 'catching-up', 0, 'live'],
  ['connected', 'offline', 0, 'offline'],
  ['connecting', 'connecting', 0, 'offline'],
  ['unreachable', 'live', 0, 'offline'],
  ['connected', 'unauthorised', 0, 'alert'],
  ['connected', 'live', 1, 'alert'],
  ['unreachable', 'offline', 1, 'alert'],
] as const)('a source that is %s, a feed that is %s and %i unread errors show as %s', (source, feed, errors, state) => {
  expect(trayState({ workspace: workspace(source, feed), unread: { count: errors, errors } })).toBe(state)
})

test('every state has its own icon on every system, in the sizes that the system scales by', () => {
  const files = readdirSync(path.resolve(import.meta.dirname, '../../resources/tray'))
  for (const [platform, sizes] of [
    ['darwin', ['', '@2x']],
    ['win32', ['', '@1.25x', '@1.5x', '@2x', '@3x']],
    ['linux', ['', '@2x']],
  ] as const) {
    const icons = (['live', 'offline', 'alert'] as const).map((state) => trayIcon(state, platform))
    expect(new Set(icons).size).toBe(3)
    for (const icon of icons) {
      for (const size of sizes) expect(files).toContain(icon.replace('.png', `${size}.png`))
    }
  }
})

test('the menu says how it stands, what today cost and what is unread', () => {
  const menu = labels({ ...facts, unread: { count: 3, errors: 1 } })
  expect(menu.slice(0, 3)).toEqual(['Production: live', 'Today: $5.68, 1,234 requests', '3 unread, 1 failed'])
  expect(labels(facts)).not.toContain('0 unread')
  expect(trayTooltip(facts)).toBe('Nexus Desktop\nProduction: live\nToday: $5.68, 1,234 requests')
  expect(labels({ ...facts, today: null })[1]).toBe('Today: no figures yet')
})

test('a recent conversation opens from the menu, its label short and without a hidden letter', () => {
  const row = { id: 'x', domain: 'acme.com', preview: `R&D ${'word '.repeat(20)}`, model: 'm' } as RequestRow
  const label = labels({ ...facts, recent: [row] }).find((each) => each?.startsWith('acme.com'))
  expect(label).toMatch(/^acme\.com: R&&D word .*…$/)
  expect(label?.length).toBeLessThan(51)
  expect(press({ ...facts, recent: [row] }, label ?? '')).toEqual(['conversation/x'])
})

test('the menu pauses, shows again, opens and quits', () => {
  expect(press(facts, 'Pause notifications for an hour')).toEqual(['pause'])
  expect(press({ ...facts, isPaused: true }, 'Show notifications again')).toEqual(['resume'])
  expect(press(facts, 'Open Nexus Desktop')).toEqual(['open'])
  expect(press(facts, 'Quit')).toEqual(['quit'])
})
