import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startWebHost } from '../e2e/start-web-host'
import { briefTable } from '../fakes/brief-table'
import { launchChromium } from '../fakes/chromium'
import { realElectron, standIn, type DesktopHost } from '../fakes/electron/launch-desktop'
import { patienceMs } from '../fakes/patience'
import { startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { attackCorpus, type AttackedRequest } from './attack-corpus'

/** The built app in one host, with a page on its overview. */
interface OpenedHost {
  page: Page
  close(): Promise<void>
}

const key = 'correct-horse-battery'
/** Hears what no body may ever ask for. */
const asked: string[] = []
let probe: Server
let postgres: TestPostgres
let databaseUrl: string
let corpus: (AttackedRequest & { id: string })[]

beforeAll(async () => {
  probe = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(probe.address() as AddressInfo).port}`
  corpus = attackCorpus(address).map((each) => ({ ...each, id: randomUUID() }))
  postgres = await startTestPostgres()
  databaseUrl = await postgres.createDatabase('attacks', briefTable)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  for (const [index, { id, domain, model, request, response }] of corpus.entries()) {
    await client.query(
      `INSERT INTO requests VALUES ($1, now() - $2 * interval '1 minute', $3, $4, 10, 5, $5, $6, 900, true, 'inference')`,
      [id, index + 1, domain, model, JSON.stringify(request), JSON.stringify(response)],
    )
  }
  await client.end()
})
afterAll(async () => {
  await postgres?.stop()
  await new Promise((resolve) => probe?.close(resolve))
})

async function openBrowserHost(): Promise<OpenedHost> {
  const host = await startWebHost({ DATABASE_URL: databaseUrl, DASHBOARD_API_KEY: key })
  const browser = await launchChromium()
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
  await page.goto(`${host.origin}/dashboard/login`)
  await page.getByLabel('Dashboard API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${host.origin}/dashboard`)
  return {
    page,
    async close() {
      await browser.close()
      await host.stop()
    },
  }
}

async function openDesktop(host: DesktopHost): Promise<OpenedHost> {
  const dataDirectory = mkdtempSync(path.join(os.tmpdir(), 'nexus-attacks-'))
  const desktop = await host.launch({ NEXUS_DATA_DIR: dataDirectory, DATABASE_URL: databaseUrl })
  return {
    page: await desktop.firstWindow(),
    async close() {
      await desktop.close()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

const hosts = [
  { name: 'the browser host', unavailable: null, open: openBrowserHost },
  ...[standIn, realElectron].map((host) => ({ ...host, open: () => openDesktop(host) })),
]

for (const host of hosts)
  describe(`hostile bodies in ${host.name}`, () => {
    let opened: OpenedHost
    let page: Page
    let home: string
    /** What the page did that it must not. */
    const faults: string[] = []

    beforeAll(async () => {
      if (host.unavailable) return
      opened = await host.open()
      page = opened.page
      page.setDefaultTimeout(patienceMs)
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      home = page.url().replace(/\/dashboard.*/, '/dashboard')
      const { origin, protocol } = new URL(home)
      page.on('request', (request) => {
        const url = new URL(request.url())
        const isOwn = url.protocol === protocol && request.url().startsWith(`${home.replace('/dashboard', '')}/`)
        if (!isOwn && url.origin !== origin && !['data:', 'blob:'].includes(url.protocol))
          faults.push(`asked ${url.href}`)
      })
      page.on('pageerror', (error) => faults.push(`threw ${error.message}`))
      page.on('dialog', (dialog) => faults.push(`said ${dialog.message()}`))
      page.on('popup', (popup) => faults.push(`opened ${popup.url()}`))
      await page.addInitScript(() => {
        const seen: string[] = []
        Object.assign(window, { violations: seen })
        document.addEventListener('securitypolicyviolation', (event) =>
          seen.push(`${event.violatedDirective} ${event.blockedURI}`),
        )
      })
    })
    beforeEach(({ skip }) => skip(host.unavailable !== null, host.unavailable ?? ''))
    afterAll(async () => opened?.close())

    /** Unfolds and scrolls through all that a view holds. */
    async function readAll(view: string): Promise<void> {
      await page.getByRole('region', { name: view, exact: true }).waitFor()
      await page.evaluate(async (name) => {
        const root = document.querySelector(`[role="region"][aria-label="${name}"]`)!
        for (let round = 0; round < 400; round++) {
          const folded = [
            ...root.querySelectorAll<HTMLElement>('button[aria-expanded="false"]:not([aria-haspopup]), .show-all'),
          ]
          for (const button of folded) button.click()
          await new Promise(requestAnimationFrame)
          const isAtEnd = root.scrollTop + root.clientHeight >= root.scrollHeight - 4
          if (folded.length === 0 && isAtEnd) return
          if (folded.length === 0) root.scrollTop += Math.max(root.clientHeight * 3, root.scrollHeight / 20)
        }
      }, view)
    }

    /** Elements that no body may ever become. Icons and charts of ours are the only pictures drawn with vectors. */
    const unexpected = () =>
      page.evaluate(() => {
        const forbidden = 'iframe, object, embed, base, form, video, audio, math, template, frame, [ping], [srcdoc]'
        const inside = 'script, style, link, meta, img:not([src^="data:image/png"]):not([src^="data:image/jpeg"])'
        const found = [
          ...document.querySelectorAll(forbidden),
          ...document.querySelectorAll('main :is(' + inside + ')'),
        ]
        const handlers = [...document.querySelectorAll('*')].filter((element) =>
          element.getAttributeNames().some((name) => name.startsWith('on')),
        )
        const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].filter(
          (link) => !link.href.startsWith(location.href.replace(/\/dashboard.*/, '/dashboard')),
        )
        return [...found, ...handlers, ...links].map((element) => element.outerHTML.slice(0, 200))
      })

    test('are only shown: nothing runs, nothing is asked for, no policy is broken', async () => {
      for (const { id, name } of corpus) {
        await page.goto(`${home}/conversation/${id}`)
        await readAll('Conversation')
        const found = { name, unexpected: await unexpected() }
        await page.getByRole('tab', { name: 'Changes' }).click()
        await readAll('Changes')
        await page.getByRole('tab', { name: 'Cost' }).click()
        await page.getByRole('region', { name: 'Cost', exact: true }).waitFor()
        await page.getByRole('tab', { name: 'Raw' }).click()
        await page.getByRole('treeitem').or(page.getByText('No answer is stored')).first().waitFor()
        found.unexpected.push(...(await unexpected()))
        expect(found).toEqual({ name, unexpected: [] })
        const state = await page.evaluate(() => ({
          attacked: 'attacked' in window,
          violations: (window as unknown as { violations: string[] }).violations,
          path: location.pathname.split('/').at(-1),
        }))
        expect({ name, ...state }).toEqual({ name, attacked: false, violations: [], path: id })
      }
      await page.goto(`${home}/conversations`)
      await page.getByRole('row').nth(3).waitFor()
      expect(await unexpected()).toEqual([])
      expect(faults).toEqual([])
      expect(asked).toEqual([])
    })

    test('offer no link but by asking first, and never one that is not https', async () => {
      await page.goto(`${home}/conversation/${corpus[0]?.id}`)
      await readAll('Conversation')
      const offered = page
        .getByRole('region', { name: 'Conversation', exact: true })
        .getByRole('button', { name: /^Open link to/ })
      const hostsOffered = await offered.evaluateAll((all) => [
        ...new Set(all.map((each) => each.getAttribute('aria-label'))),
      ])
      expect(hostsOffered).toEqual(['Open link to evil.example'])
      await offered.first().click()
      const dialog = page.getByRole('dialog', { name: 'Open this link?' })
      await dialog.getByText('%E2%80%AEgpj.exe').waitFor()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(faults).toEqual([])
    })
  })
