import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { openPageHost, type PageHost } from '../renderer-conversation/page-host'
import { FixtureApp } from './fixture-app'

/** The built renderer in Chromium, where the host shows no notifications and the page does. */
let host: PageHost
let browser: Browser
let app: FixtureApp
let watched: WatchedPage

beforeAll(async () => {
  host = await openPageHost(() => app.api)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(() => {
  app = new FixtureApp()
})
afterEach(async () => {
  await watched.expectClean()
  await watched.page.close()
})

interface Recorded {
  permission: NotificationPermission
  asked: number
  shown: (EventTarget & { title: string; tag: string })[]
}

const newsId = '0198c0de-0000-7000-8000-00000000002a'
const oneNews = {
  id: newsId,
  title: 'New in acme.com',
  body: 'claude-sonnet-4-5 · $0.42',
  path: `conversation/${newsId}`,
  isError: false,
}
const news = (count = 1) => app.tell({ type: 'news', count, notifications: [oneNews] })

/** Headless Chromium has no notification centre and no one to ask: what a page says to one is recorded. */
async function open(permission: NotificationPermission, address = '/'): Promise<Page> {
  watched = await openWatchedPage(browser, host.url + address)
  const { page } = watched
  await page.addInitScript((first) => {
    const recorded: Recorded = { permission: first, asked: 0, shown: [] }
    class RecordedNotification extends EventTarget {
      readonly tag: string
      constructor(
        readonly title: string,
        options: { tag: string },
      ) {
        super()
        this.tag = options.tag
        recorded.shown.push(this)
      }
      close() {}
      static get permission() {
        return recorded.permission
      }
      static requestPermission() {
        recorded.asked += 1
        recorded.permission = 'granted'
        return Promise.resolve(recorded.permission)
      }
    }
    Object.assign(window, { Notification: RecordedNotification, recorded })
  }, permission)
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => page.title()).toContain(app.workspace.name)
  return page
}

const recordedOf = (page: Page) =>
  page.evaluate(() => {
    const { permission, asked, shown } = (window as unknown as { recorded: Recorded }).recorded
    return { permission, asked, shown: shown.map(({ title, tag }) => ({ title, tag })) }
  })
/** A test's page always believes to be in front. */
const lookAway = (page: Page) => page.evaluate(() => void (document.hasFocus = () => false))
const lookAgain = (page: Page) => page.evaluate(() => void window.dispatchEvent(new Event('focus')))
const iconOf = (page: Page) => page.locator('link[rel="icon"]').getAttribute('href')

test('the browser is asked at the first news, upon a click, and never before', async () => {
  const page = await open('default')
  expect((await recordedOf(page)).asked).toBe(0)
  news()
  await page.getByText('New requests came in', { exact: true }).first().waitFor()
  expect((await recordedOf(page)).asked).toBe(0)
  await page.getByRole('button', { name: 'Show notifications' }).click()
  await expect.poll(async () => (await recordedOf(page)).asked).toBe(1)

  await lookAway(page)
  news()
  await expect.poll(async () => (await recordedOf(page)).shown.length).toBe(1)
})

test('unread news stand in title and icon until the page is looked at; a click on one opens it', async () => {
  const page = await open('granted')
  const quietIcon = await iconOf(page)
  news()
  // Events come in order: with this one the news have been heard while the page was looked at.
  app.changeWorkspace({ name: 'Renamed' })
  await expect.poll(() => page.title()).toContain('· Renamed')
  await lookAway(page)
  news(3)
  await expect.poll(() => page.title()).toMatch(/^\(3\) /)
  expect(await iconOf(page)).not.toBe(quietIcon)
  const { shown } = await recordedOf(page)
  expect(shown).toEqual([{ title: 'New in acme.com', tag: newsId }])

  await lookAgain(page)
  await expect.poll(() => page.title()).not.toContain('(')
  expect(await iconOf(page)).toBe(quietIcon)
  await page.evaluate(() => {
    const { shown: all } = (window as unknown as { recorded: Recorded }).recorded
    all[0]!.dispatchEvent(new Event('click'))
  })
  await page.waitForURL(new RegExp(`/conversation/${newsId}`))
})

test('a browser that blocks notifications is not asked, and still counts', async () => {
  const page = await open('denied')
  await lookAway(page)
  news(2)
  await expect.poll(() => page.title()).toMatch(/^\(2\) /)
  expect(await recordedOf(page)).toMatchObject({ asked: 0, shown: [] })
  expect(await page.getByText('New requests came in').count()).toBe(0)
})

test('the settings hold the switch, rules by domain and quiet hours, and offer nothing of a desktop', async () => {
  const page = await open('default', '/settings')
  const panel = page.getByRole('region', { name: 'Notifications' })
  const saved = () => app.settings.notifications
  await panel.getByRole('button', { name: 'Allow' }).click()
  await expect.poll(async () => (await recordedOf(page)).asked).toBe(1)

  await panel.getByRole('combobox', { name: /^Tell of/ }).click()
  await page.getByRole('option', { name: 'Above a cost' }).click()
  await expect.poll(() => saved().rule).toEqual({ kind: 'above-cost', costUsd: 1 })
  await panel.getByLabel('Tell of: US dollars').fill('2.5')
  await panel.getByLabel('Tell of: US dollars').press('Enter')
  await expect.poll(() => saved().rule).toEqual({ kind: 'above-cost', costUsd: 2.5 })

  await panel.getByLabel('Domain with a rule of its own').fill('noise.example')
  await panel.getByRole('button', { name: 'Add' }).click()
  await expect.poll(() => saved().domainRules).toEqual([{ domain: 'noise.example', rule: { kind: 'never' } }])

  await panel.getByRole('group', { name: 'Quiet hours' }).getByText('On').click()
  await expect.poll(() => saved().quietHours).toEqual({ from: '22:00', to: '07:00' })
  await panel.getByLabel('Quiet from').fill('25:00')
  await panel.getByLabel('Quiet from').press('Enter')
  await panel.getByText('A time such as 22:30.').waitFor()
  expect(saved().quietHours).toEqual({ from: '22:00', to: '07:00' })

  await panel.getByRole('group', { name: 'Notifications' }).getByText('Off').click()
  await expect.poll(() => saved().isOn).toBe(false)
  expect(saved().domainRules.length).toBe(1)
  expect(await page.getByRole('region', { name: 'Desktop' }).count()).toBe(0)
})
