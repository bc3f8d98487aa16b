import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { briefTable } from '../fakes/brief-table'
import { realElectron, standIn } from '../fakes/electron/launch-desktop'
import { patienceMs } from '../fakes/patience'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'

/** 37 requests of 3 domains in the last 24 hours, one of them without tokens, and 5 in the 24 hours before. */
const rows = `
  INSERT INTO requests
  SELECT gen_random_uuid(), now() - interval '10 minutes' * n, 'domain-' || n % 3 || '.example', 'claude-sonnet-4-5',
    CASE WHEN n = 7 THEN NULL ELSE 1000 END, CASE WHEN n = 7 THEN NULL ELSE 50 END,
    '{"messages":[{"role":"user","content":"How many?"}]}',
    '{"content":[{"type":"text","text":"So many."}],"usage":{"input_tokens":1000,"output_tokens":50}}',
    900, false, 'inference'
  FROM generate_series(1, 37) AS n;
  INSERT INTO requests (request_id, timestamp) SELECT gen_random_uuid(), now() - interval '30 hours' FROM generate_series(1, 5);
`

interface Records {
  pageErrors: string[]
}

let postgres: TestPostgres
let databaseUrl: string

beforeAll(async () => {
  postgres = await startTestPostgres()
  databaseUrl = await postgres.createDatabase('desktop', briefTable + rows)
})
afterAll(() => postgres.stop())

for (const host of [standIn, realElectron])
  describe(`the built desktop app in ${host.name}`, () => {
    let dataDirectory: string
    let desktop: ElectronApplication
    let page: Page

    const card = (name: string) => page.getByRole('region', { name }).or(page.getByRole('group', { name })).first()

    beforeAll(async () => {
      if (host.unavailable) return
      dataDirectory = mkdtempSync(path.join(os.tmpdir(), 'nexus-desktop-'))
      desktop = await host.launch({ NEXUS_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl })
      page = await desktop.firstWindow()
      page.setDefaultTimeout(patienceMs)
    })
    beforeEach(({ skip }) => skip(host.unavailable !== null, host.unavailable ?? ''))
    afterAll(async () => {
      await desktop?.close()
      if (dataDirectory) rmSync(dataDirectory, { recursive: true, force: true })
    })

    test('shows the figures of the database', async () => {
      await card('Requests').getByText('37', { exact: true }).waitFor()
      await card('Active domains').getByText('3', { exact: true }).waitFor()
    })

    test('gives the page two functions and nothing of Node', async () => {
      const seen = await page.evaluate(() => ({
        bridge: Object.keys((window as unknown as { bridge: object }).bridge),
        isFrozen: Object.isFrozen((window as unknown as { bridge: object }).bridge),
        node: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
      }))
      expect(seen).toEqual({ bridge: ['send', 'onReply'], isFrozen: true, node: [] })
    })

    test('stays on its own page whatever the page tries', async () => {
      const home = page.url()
      await page.evaluate(() => {
        location.href = 'https://evil.example/?next=app://ui/dashboard/'
      })
      await page.evaluate(() => {
        const link = document.createElement('a')
        link.href = 'https://evil.example/'
        document.body.append(link)
        link.click()
        link.remove()
      })
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      expect(page.url()).toBe(home)
    })

    test('opens no second window, not even for its own page', async () => {
      for (const url of ['https://evil.example/', '/dashboard/', 'about:blank']) {
        await page.evaluate((address) => void window.open(address), url)
      }
      // Electron makes none; the stand-in's Chromium makes one and closes it.
      await expect.poll(() => desktop.windows().length).toBe(1)
    })

    test('shows a row soon after it was written', async () => {
      await runSql(
        databaseUrl,
        `INSERT INTO requests (request_id, timestamp, domain) VALUES (gen_random_uuid(), now(), 'new.example')`,
      )
      await card('Active domains').getByText('4', { exact: true }).waitFor()
      await card('Requests').getByText('38', { exact: true }).waitFor()
    })

    test('opens a request and reads it as messages', async () => {
      await page.getByRole('link', { name: 'Conversations', exact: true }).click()
      await page.getByText('How many?').first().click()
      await page.getByText('So many.').waitFor()
      await page.getByRole('link', { name: 'Overview', exact: true }).click()
    })

    test('ends the calls of a page that is reloaded and serves the next one', async () => {
      await page.reload()
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      await card('Requests').getByText('38', { exact: true }).waitFor()
    })

    test('goes to a screen from the menu and keeps the filters', async () => {
      await page.goto(`${page.url().split('?')[0]}?hours=168`)
      await desktop.evaluate(({ Menu }) => {
        const go = Menu.getApplicationMenu()?.items.find((item) => item.label === 'Go')
        const submenu = go?.submenu as unknown as { items?: unknown[] } | unknown[]
        const items = (Array.isArray(submenu) ? submenu : submenu.items) as { label: string; click(): void }[]
        items.find((item) => item.label === 'Conversations')?.click()
      })
      await page.getByRole('heading', { name: 'Conversations' }).waitFor()
      expect(new URL(page.url()).search).toContain('hours=168')
    })
  })

describe('the stand-in', () => {
  test('saw a sandboxed app that asks for nothing outside, breaks no policy and remembers its window', async () => {
    const dataDirectory = mkdtempSync(path.join(os.tmpdir(), 'nexus-desktop-'))
    const desktop = await standIn.launch({ NEXUS_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl })
    const child = desktop.process()
    const page = await desktop.firstWindow()
    for (const screen of ['Conversations', 'Settings', 'Overview']) {
      await page.getByRole('link', { name: screen, exact: true }).click()
      await page.getByRole('heading', { name: screen, level: 1 }).waitFor()
    }
    const seen = await desktop.evaluate((electron) => (electron as unknown as { standIn: Records }).standIn)
    // A query that is given up because its screen was left says so; nobody waits for it.
    expect(seen.pageErrors.filter((error) => !error.startsWith('AbortError'))).toEqual([])
    expect(seen).toMatchObject({
      sandboxed: true,
      outsideRequests: [],
      consoleErrors: [],
      openedExternal: [],
    })
    await desktop.close()
    expect(child.exitCode).toBe(0)
    const place = JSON.parse(readFileSync(path.join(dataDirectory, 'window.json'), 'utf8')) as object
    expect(place).toMatchObject({ width: 1280, isMaximized: false })
    rmSync(dataDirectory, { recursive: true, force: true })
  })
})
