import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { asWords, idIn, matchingItems } from '../../src-renderer/palette/palette-items'
import { launchChromium } from '../fakes/chromium'
import { createFixtureApp } from '../renderer-conversation/fixture-app'
import { richBodies } from '../renderer-conversation/fixture-bodies'
import { manyRows } from '../renderer-conversation/fixture-rows'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { openPageHost, type PageHost } from '../renderer-conversation/page-host'

let host: PageHost
let browser: Browser
let watched: WatchedPage
let page: Page

const rows = manyRows(200)
const app = createFixtureApp(rows, () => richBodies())
const field = () => page.getByRole('combobox', { name: 'Command, domain, request id or words' })
const options = () => page.getByRole('listbox', { name: 'Commands' }).getByRole('option')

beforeAll(async () => {
  browser = await launchChromium()
  host = await openPageHost(() => app.api)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(async () => {
  watched = await openWatchedPage(browser, `${host.url}/conversations`)
  page = watched.page
  await page.getByText('200 requests').waitFor()
  await page.keyboard.press('Control+k')
  await field().waitFor()
})
afterEach(async () => {
  await watched.expectClean()
  await page.close()
})

test('goes to a screen, and the way back leads to where one was', async () => {
  await field().pressSequentially('settings')
  await options().filter({ hasText: 'Settings' }).first().waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).pathname).toBe('/dashboard/settings')
  await page.keyboard.press('Control+k')
  await field().fill('back')
  await page.keyboard.press('Enter')
  await expect.poll(() => new URL(page.url()).pathname).toBe('/dashboard/conversations')
})

test('opens a request by its id, also within an address', async () => {
  await field().fill(`https://example.com/conversation/${rows[7]!.id}`)
  await options().filter({ hasText: 'Open request' }).click()
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/dashboard/conversation/${rows[7]!.id}`)
})

test('finds requests by their words, and hands the words to the list', async () => {
  await field().pressSequentially('invoice total')
  await options().filter({ hasText: 'Why does the invoice total differ' }).first().waitFor()
  await options().filter({ hasText: 'Search the text for “invoice total”' }).click()
  await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('invoice total')
  await page.getByText(`${rows.filter((row) => row.preview?.includes('invoice total')).length} requests`).waitFor()
})

test('an action of the screen runs, and Escape closes it without doing anything', async () => {
  await page.keyboard.press('Escape')
  await expect.poll(() => field().count()).toBe(0)
  await page.keyboard.press('Control+k')
  await field().fill('write a query')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Query')
})

test('texts become ids, words and a few lines of each group', () => {
  expect(idIn('see 0F8FAD5B-d9cb-469f-a165-70867728950e')).toBe('0f8fad5b-d9cb-469f-a165-70867728950e')
  expect(idIn('0f8fad5b')).toBeNull()
  expect(asWords('two words')).toBe('two words')
  expect(asWords('this or that')).toBe('"this or that"')
  expect(asWords('http://x')).toBe('"http://x"')
  const items = Array.from({ length: 20 }, (_, index) => ({
    group: 'Domain',
    label: `a${index}`,
    detail: '',
    run() {},
  }))
  expect(matchingItems(items, 'a').length).toBe(8)
  expect(matchingItems(items, 'domain a19').map(({ label }) => label)).toEqual(['a19'])
})
