import type { MenuItemConstructorOptions } from 'electron'
import { expect, test, vi } from 'vitest'
import { menuTemplate, type MenuActions } from '../../src-main/desktop/menu'

const actions = { goTo: vi.fn(), goBack: vi.fn(), goForward: vi.fn(), showDataFolder: vi.fn(), checkForUpdates: null }

function itemsOf(
  mode: { isMac: boolean; isDevelopment: boolean },
  ofActions: MenuActions = actions,
): MenuItemConstructorOptions[] {
  const below = (item: MenuItemConstructorOptions): MenuItemConstructorOptions[] =>
    Array.isArray(item.submenu) ? [item, ...item.submenu.flatMap(below)] : [item]
  return menuTemplate(mode, ofActions).flatMap(below)
}

const production = [
  { isMac: false, isDevelopment: false },
  { isMac: true, isDevelopment: false },
]

test.each(production)('a newer version is looked for from the menu, where the app can renew itself (%j)', (mode) => {
  const labelled = (checkForUpdates: (() => void) | null) =>
    itemsOf(mode, { ...actions, checkForUpdates }).filter((item) => item.label === 'Check for updates…')
  expect(labelled(null)).toEqual([])
  const check = vi.fn()
  expect(labelled(check).map((item) => item.click)).toEqual([check])
})

test.each(production)('an installed app can neither be reloaded nor inspected from its menu (%j)', (mode) => {
  const roles = itemsOf(mode).map((item) => item.role)
  expect(roles).not.toContain('reload')
  expect(roles).not.toContain('forceReload')
  expect(roles).not.toContain('toggleDevTools')
})

test('a checkout can be reloaded and inspected', () => {
  const roles = itemsOf({ isMac: false, isDevelopment: true }).map((item) => item.role)
  expect(roles).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']))
})

test.each(production)('copy, paste, zoom and quit are always there (%j)', (mode) => {
  const roles = itemsOf(mode).map((item) => item.role)
  expect(roles).toEqual(expect.arrayContaining(['editMenu', 'zoomIn', 'zoomOut', 'resetZoom', 'quit', 'about']))
})

test('only macOS has an application menu, and only there the settings are in it', () => {
  const first = (isMac: boolean) => menuTemplate({ isMac, isDevelopment: false }, actions)[0]?.role
  expect(first(true)).toBe('appMenu')
  expect(first(false)).toBe('fileMenu')
})

test.each([
  ['Overview', ''],
  ['Conversations', 'conversations'],
  ['Connections', 'connect'],
  ['Settings…', 'settings'],
])('%s goes to its screen', (label, screen) => {
  const item = itemsOf({ isMac: false, isDevelopment: false }).find((entry) => entry.label === label)
  item?.click?.(undefined as never, undefined, undefined as never)
  expect(actions.goTo).toHaveBeenLastCalledWith(screen)
})

test('no two items share an accelerator', () => {
  for (const mode of production) {
    const accelerators = itemsOf(mode).flatMap((item) => item.accelerator ?? [])
    expect(new Set(accelerators).size).toBe(accelerators.length)
  }
})
