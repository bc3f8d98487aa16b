import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { BrowserWindow, MenuItemConstructorOptions, Notification, Tray } from 'electron'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { defaultNotifications, type DesktopSettings } from '../../src-main/contract/notifications'
import { briefTable } from '../fakes/brief-table'
import { standIn } from '../fakes/electron/launch-desktop'
import { patienceMs } from '../fakes/patience'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'

/** What the stand-in records of the system, as far as this file looks at it. */
interface Records {
  notifications: (Notification & { title: string; body: string })[]
  tray: (Tray & { image: string; toolTip: string; menu: { items: MenuItemConstructorOptions[] } | null }) | null
  badgeCount: number
  shortcuts: Record<string, () => void>
}
type StandIn = typeof Electron.CrossProcessExports & { standIn: Records }

let postgres: TestPostgres
let databaseUrl: string
let desktop: ElectronApplication
let page: Page
const folders: string[] = []

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())
afterEach(async () => {
  await desktop?.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Starts the app over an empty table. `hasTray` is what the session bus would say of a tray. */
async function start(options: { name: string; desktop?: Partial<DesktopSettings>; hasTray: boolean }): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nexus-news-'))
  folders.push(folder)
  databaseUrl = await postgres.createDatabase(options.name, briefTable)
  const program = path.join(folder, 'bin/dbus-send')
  mkdirSync(path.dirname(program))
  writeFileSync(program, `#!/bin/sh\necho "   boolean ${options.hasTray}"\n`)
  chmodSync(program, 0o755)
  const settings = {
    notifications: { ...defaultNotifications, perMinute: 60 },
    desktop: { closesToTray: false, startsAtLogin: false, hasShowShortcut: false, ...options.desktop },
  }
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings))
  desktop = await standIn.launch({
    NEXUS_DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    PATH: `${path.dirname(program)}:${process.env.PATH}`,
  })
  page = await desktop.firstWindow()
  page.setDefaultTimeout(patienceMs)
  await page
    .getByText('Nothing in', { exact: false })
    .or(page.getByRole('heading', { name: 'Overview' }))
    .first()
    .waitFor()
}

async function insert(id: string, domain: string): Promise<void> {
  await runSql(
    databaseUrl,
    `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, response_body)
     VALUES ('${id}', now(), '${domain}', 'claude-sonnet-4-5', 1000, 200, '{"usage":{"input_tokens":1000,"output_tokens":200}}')`,
  )
}

const titles = () =>
  desktop.evaluate((electron) => (electron as unknown as StandIn).standIn.notifications.map(({ title }) => title))
const badge = () => desktop.evaluate((electron) => (electron as unknown as StandIn).standIn.badgeCount)
const windowCount = () => desktop.evaluate(({ BrowserWindow: windows }) => windows.getAllWindows().length)
const onWindow = (name: 'blur' | 'focus' | 'close') =>
  desktop.evaluate(
    ({ BrowserWindow: windows }, method) => (windows.getAllWindows()[0] as BrowserWindow)[method](),
    name,
  )
const tray = () =>
  desktop.evaluate((electron) => {
    const { tray: icon } = (electron as unknown as StandIn).standIn
    const name = icon?.image.split('/').at(-1)
    return icon ? { name, labels: icon.menu?.items.map(({ label }) => label) ?? [] } : null
  })
const pressInTray = (label: string) =>
  desktop.evaluate((electron, wanted) => {
    const items = (electron as unknown as StandIn).standIn.tray?.menu?.items ?? []
    const press = items.find((item) => item.label === wanted)?.click as (() => void) | undefined
    press?.()
  }, label)
const id = (n: number) => `0198c0de-0000-7000-8000-00000000000${n}`

test('news become a notification, a badge and a line of the tray; a click opens them and reading clears them', async () => {
  await start({ name: 'news', hasTray: true })
  await expect.poll(async () => (await tray())?.labels[0]).toMatch(/: (live|up to date)/)

  // What is in front of the user needs no notification.
  await insert(id(1), 'seen.example')
  await page.getByText('seen.example').first().waitFor()
  expect([await titles(), await badge()]).toEqual([[], 0])

  await onWindow('blur')
  await insert(id(2), 'acme.com')
  await expect.poll(titles).toEqual(['New in acme.com'])
  await expect.poll(badge).toBe(1)
  await expect.poll(async () => (await tray())?.labels).toContain('1 unread')
  await expect
    .poll(async () => (await tray())?.labels)
    .toEqual(expect.arrayContaining([expect.stringMatching(/^Today: \$0\.01, 2 requests/)]))
  await expect.poll(async () => (await tray())?.name).toBe('live-linux.png')

  await desktop.evaluate((electron) => (electron as unknown as StandIn).standIn.notifications[0]!.emit('click'))
  await page.waitForURL(new RegExp(`/conversation/${id(2)}`))
  await expect.poll(badge).toBe(0)

  await pressInTray('Pause notifications for an hour')
  await onWindow('blur')
  await insert(id(3), 'paused.example')
  await expect.poll(badge).toBe(1)
  expect(await titles()).toEqual(['New in acme.com'])
})

test('a closed window leaves the app in the tray if the user chose so, says it once, and opens again', async () => {
  await start({ name: 'tray', hasTray: true, desktop: { closesToTray: true, hasShowShortcut: true } })
  await expect.poll(async () => (await tray())?.labels).toContain('Open Nexus Desktop')
  await onWindow('close')
  await expect.poll(titles).toEqual(['Nexus Desktop keeps running'])
  expect(await windowCount()).toBe(0)

  await insert(id(4), 'while-closed.example')
  await expect.poll(titles).toContain('New in while-closed.example')

  await pressInTray('Open Nexus Desktop')
  await expect.poll(windowCount).toBe(1)
  await onWindow('close')
  await expect.poll(windowCount).toBe(0)

  // The shortcut opens it too, and the tray was explained before.
  await desktop.evaluate((electron) => (electron as unknown as StandIn).standIn.shortcuts['CommandOrControl+Alt+N']!())
  await expect.poll(windowCount).toBe(1)
  expect((await titles()).filter((title) => title === 'Nexus Desktop keeps running').length).toBe(1)
})

test('where the desktop has no tray a closed window ends the app, whatever was chosen', async () => {
  await start({ name: 'no_tray', hasTray: false, desktop: { closesToTray: true } })
  expect(await tray()).toBeNull()
  const child = desktop.process()
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await onWindow('close').catch(() => undefined)
  expect(await ended).toBe(0)
})

test('a link of a second start or of the system opens its conversation, and a wrong one only the window', async () => {
  await start({ name: 'links', hasTray: false })
  await insert(id(5), 'linked.example')
  const secondStart = (link: string) =>
    desktop.evaluate(({ app }, word) => void app.emit('second-instance', {}, ['nexus-desktop', word]), link)
  await secondStart(`nexus://conversation/${id(5)}`)
  await page.waitForURL(new RegExp(`/conversation/${id(5)}$`))

  await secondStart('nexus://conversation/../../settings')
  await desktop.evaluate(
    ({ app }, url) => void app.emit('open-url', { preventDefault() {} }, url),
    `nexus://conversation/${id(6)}`,
  )
  await page.waitForURL(new RegExp(`/conversation/${id(6)}$`))
})
