import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, ElectronApplication, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { standIn } from '../fakes/electron/launch-desktop'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { seedSql } from './seed'
import { startWebHost, type RunningHost } from './start-web-host'

/*
 * Both built hosts: what their screens say with the database there, and after it is gone and the app was started again
 * from its disk alone.
 */

const hourMs = 3_600_000
const endMs = Math.floor(Date.now() / hourMs) * hourMs
const range = `from=${new Date(endMs - 24 * hourMs).toISOString()}&to=${new Date(endMs).toISOString()}`
const key = 'offline'

let postgres: TestPostgres
let databaseUrl: string
let browser: Browser
const folders = {
  web: mkdtempSync(join(tmpdir(), 'nexus-off-web-')),
  desktop: mkdtempSync(join(tmpdir(), 'nexus-off-app-')),
}

beforeAll(async () => {
  postgres = await startTestPostgres()
  databaseUrl = await postgres.createDatabase('offline', seedSql)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await postgres?.stop()
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true })
})

interface Opened {
  page: Page
  /** Goes to a screen of the app. */
  go(address: string): Promise<void>
  close(): Promise<void>
}

async function openWeb(): Promise<Opened> {
  const host: RunningHost = await startWebHost({ DATABASE_URL: databaseUrl, DASHBOARD_API_KEY: key }, folders.web)
  const context = await browser.newContext({ extraHTTPHeaders: { 'x-dashboard-key': key } })
  const page = await context.newPage()
  return {
    page,
    go: async (address) => void (await page.goto(`${host.origin}/dashboard${address}`)),
    async close() {
      await context.close()
      await host.stop()
    },
  }
}

async function openDesktop(): Promise<Opened> {
  const app: ElectronApplication = await standIn.launch({ NEXUS_DATA_DIR: folders.desktop, DATABASE_URL: databaseUrl })
  const page = await app.firstWindow()
  // A window that still goes to its first screen would break off the next.
  await page.getByRole('main').locator('section').first().waitFor()
  await page.waitForLoadState('networkidle')
  const base = /^.*?\/dashboard/.exec(page.url())![0]
  return {
    page,
    go: async (address) => void (await page.goto(base + address)),
    close: () => app.close(),
  }
}

/** The text of a screen once it stands still, without what moves with the clock. */
async function textOf({ page, go }: Opened, address: string): Promise<string> {
  await go(address)
  let before = ''
  let stillFor = 0
  await expect
    .poll(
      async () => {
        const now = await page.getByRole('main').innerText()
        stillFor = now === before && now.length > 200 ? stillFor + 1 : 0
        before = now
        return stillFor
      },
      { interval: 400 },
    )
    .toBeGreaterThanOrEqual(3)
  // The banner takes room from the list, so its end is another; conversations are joined in the background meanwhile.
  return before
    .replaceAll(/\nturn \d+/g, '')
    .replaceAll(/\b(?:just now|now|\d+\s?(?:s|min|h|d|days?|hours?|minutes?|seconds?)(?: ago)?)\b/g, '…')
    .slice(0, 1500)
}

const closing: Opened[] = []
afterEach(async () => {
  for (const host of closing.splice(0)) await host.close()
})

const hosts = [
  ['browser host', openWeb],
  ['desktop app', openDesktop],
] as const
const before = new Map<string, string[]>()
let opened: string
let unopened: string
const screens = [`/?${range}`, `/conversations?${range}`, `/costs?${range}`]

describe.each(hosts)('the %s', (name, open) => {
  test('shows its screens while the database is there', async () => {
    const ids = await runSql(
      databaseUrl,
      `SELECT request_id::text AS id FROM requests WHERE timestamp > now() - interval '20 hours' ORDER BY timestamp LIMIT 2`,
    )
    ;[opened, unopened] = ids.map(({ id }) => String(id)) as [string, string]
    const host = await open()
    closing.push(host)
    await host.go('/settings')
    // Only what is opened: the rest must say why it cannot be read.
    await host.page.getByRole('spinbutton', { name: 'Newest requests' }).fill('0')
    await host.page.getByRole('region', { name: 'Offline' }).getByRole('button', { name: 'Apply' }).click()
    await host.page.getByText('What is kept is changed', { exact: true }).waitFor()
    // Each opening of the screen tries its parts once.
    await expect
      .poll(async () => {
        await host.go('/diagnostics')
        await host.page.getByText(/ requests in/).waitFor()
        return host.page.getByText(/600 requests in/).count()
      })
      .toBe(1)
    // The costs count what is joined to conversations, which goes on behind the rows.
    await expect
      .poll(async () => {
        await host.go(screens[2]!)
        await host.page.getByText(/from [\d,]+ joined/).waitFor()
        return host.page.getByText('from 300 joined requests').count()
      })
      .toBe(1)
    const texts = []
    for (const address of screens) texts.push(await textOf(host, address))
    before.set(name, texts)
    await host.go(`/conversation/${opened}?${range}`)
    await host.page
      .getByText(/Answer number/)
      .first()
      .waitFor()
  })
})

test('the database goes away', async () => {
  await postgres.stop()
})

describe.each(hosts)('without a database and started again, the %s', (name, open) => {
  test('shows the same from its disk, says as of when, and why a text cannot be read', async () => {
    const host = await open()
    closing.push(host)
    const texts = []
    for (const address of screens) texts.push(await textOf(host, address))
    expect(texts).toEqual(before.get(name))
    await host.page.getByText(/Figures are as of/).waitFor()
    await host.page.getByRole('button', { name: /State of the data: Offline/ }).waitFor()
    await host.go(`/conversation/${opened}?${range}`)
    await host.page
      .getByText(/Answer number/)
      .first()
      .waitFor()
    await host.go(`/conversation/${unopened}?${range}`)
    await host.page
      .getByText('The text of this request is not kept here and the database cannot be reached.')
      .first()
      .waitFor()
  })
})
