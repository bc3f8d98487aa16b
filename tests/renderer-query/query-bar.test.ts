import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { createFixtureApp } from '../renderer-conversation/fixture-app'
import { richBodies } from '../renderer-conversation/fixture-bodies'
import { manyRows } from '../renderer-conversation/fixture-rows'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { openPageHost, type PageHost } from '../renderer-conversation/page-host'

let host: PageHost
let browser: Browser
let app: ReturnType<typeof createFixtureApp>
let watched: WatchedPage
let page: Page

const rows = manyRows(500)
const bar = () => page.getByRole('combobox', { name: 'Query' })
const options = () => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option')
const count = (text: string) => page.getByText(text, { exact: true }).waitFor()
const query = () => new URL(page.url()).searchParams.get('q')

beforeAll(async () => {
  browser = await launchChromium()
  host = await openPageHost(() => app.api)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(() => {
  app = createFixtureApp(rows, () => richBodies())
})
afterEach(async () => {
  await watched.expectClean()
  await page.close()
})

async function open(path = '/conversations', options: Parameters<typeof openWatchedPage>[2] = {}): Promise<void> {
  watched = await openWatchedPage(browser, `${host.url}${path}`, options)
  page = watched.page
  await bar().waitFor()
}

test('a query is written with completion by keyboard, stands in the address and narrows the list', async () => {
  await open()
  await count('500 requests')
  await page.keyboard.press('/')
  await bar().pressSequentially('mod')
  await options().filter({ hasText: 'model:' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => bar().inputValue()).toBe('model:')
  await bar().pressSequentially('opus')
  await options().filter({ hasText: 'claude-opus-4-1-20250805' }).waitFor()
  await page.keyboard.press('ArrowDown')
  expect(await bar().getAttribute('aria-activedescendant')).toBeTruthy()
  await page.keyboard.press('Tab')
  await expect.poll(() => bar().inputValue()).toBe('model:claude-opus-4-1-20250805 ')
  await bar().pressSequentially('cost:>0.03')
  await page.keyboard.press('Enter')
  const wanted = rows.filter((row) => row.model?.includes('opus') && (row.costUsd ?? 0) > 0.03).length
  await count(`${wanted} requests`)
  expect(query()).toBe('model:claude-opus-4-1-20250805 cost:>0.03')
})

test('a slip is marked where it is with what to write, and never asked', async () => {
  await open()
  await count('500 requests')
  const before = app.listCalls.length
  await bar().fill('modle:opus cost:>x')
  await page.keyboard.press('Enter')
  const status = page.getByRole('status').filter({ hasText: 'There is no field modle' })
  await status.waitFor()
  expect(await bar().getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator('span.decoration-failed').allTextContents()).toEqual(['modle:', '>x'])
  expect(query()).toBeNull()
  expect(app.listCalls.length).toBe(before)
  await page.getByRole('button', { name: 'Write model:' }).click()
  await expect.poll(() => bar().inputValue()).toBe('model:opus cost:>x')
  await page.getByRole('status').filter({ hasText: 'US dollars' }).waitFor()
})

test('a name that nothing has is said, and can be corrected from the empty list', async () => {
  await open('/conversations?q=model:opus')
  await page.getByText('No request here has model:opus – did you mean *opus*?').waitFor()
  await page.getByRole('button', { name: 'Write *opus*' }).click()
  await count(`${rows.filter((row) => row.model?.includes('opus')).length} requests`)
  expect(query()).toBe('model:*opus*')
  await expect.poll(() => bar().inputValue()).toBe('model:*opus*')
})

test('an address with a query that cannot be understood says so in the list', async () => {
  await open('/conversations?q=tokens:many')
  await page.getByText('Tokens are whole numbers').first().waitFor()
})

test('former queries come back from the empty bar, and the way back and forward goes through them', async () => {
  await open()
  for (const text of ['status:error', 'has:cost stream:no']) {
    await bar().fill(text)
    await page.keyboard.press('Enter')
    await expect.poll(query).toBe(text)
  }
  await page.goBack()
  await expect.poll(() => bar().inputValue()).toBe('status:error')
  await count(`${rows.filter((row) => row.error).length} requests`)
  await page.goForward()
  await expect.poll(query).toBe('has:cost stream:no')
  await page.getByRole('button', { name: 'Clear the query' }).click()
  await count('500 requests')
  await bar().focus()
  await options().filter({ hasText: 'status:error' }).click()
  await expect.poll(query).toBe('status:error')
})

test('the builder puts a condition together with the mouse', async () => {
  await open('/conversations?q=status:error+or+stream:no')
  await page.getByRole('button', { name: 'Add a condition' }).click()
  const builder = page.getByRole('dialog', { name: 'Add a condition' })
  await builder.getByRole('combobox', { name: /^Field/ }).click()
  await page.getByRole('option', { name: /^Response time/ }).click()
  await builder.getByLabel('From').fill('5')
  await builder.getByRole('button', { name: 'Add' }).click()
  await builder.getByRole('alert').filter({ hasText: 'needs its unit' }).waitFor()
  await builder.getByLabel('From').fill('5s')
  await builder.getByRole('button', { name: 'Add' }).click()
  await expect.poll(query).toBe('(status:error or stream:no) time:>=5s')
  const wanted = rows.filter((row) => (row.error || row.stream === false) && (row.responseTimeMs ?? 0) >= 5000)
  await count(`${wanted.length} requests`)
})

test('the list is ordered by its headings and by the menu', async () => {
  await open()
  await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click()
  await expect.poll(() => page.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort')).toBe('descending')
  await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click()
  await expect.poll(() => new URL(page.url()).search).toBe('?sort=cost&order=asc')
  await expect.poll(() => app.listCalls.at(-1)).toMatchObject({ sort: 'cost', order: 'asc' })
  await page.getByRole('combobox', { name: /^Order/ }).click()
  await page.getByRole('option', { name: 'Slowest first' }).click()
  await expect.poll(() => app.listCalls.at(-1)).toMatchObject({ sort: 'duration', order: 'desc' })
})

test('what is on screen is saved as a view, opened again, renamed, removed and brought back', async () => {
  await open('/conversations?q=status:error&sort=cost')
  const views = page.getByRole('dialog', { name: 'Saved views' })
  await page.getByRole('button', { name: 'Saved views' }).click()
  await views.getByLabel('Save what is on screen as').fill('Dear errors')
  await views.getByRole('button', { name: 'Save', exact: true }).click()
  await views.getByRole('button', { name: 'Rename Dear errors' }).click()
  await views.getByLabel('New name').fill('Dearest errors')
  await views.getByRole('button', { name: 'Rename', exact: true }).click()
  await views.getByRole('button', { name: 'Dearest errors', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Clear the query' }).click()
  await expect.poll(query).toBeNull()
  await page.getByRole('button', { name: 'Saved views' }).click()
  await views.getByRole('button', { name: 'Dearest errors', exact: true }).click()
  await expect.poll(() => new URL(page.url()).search).toBe('?q=status:error&sort=cost')
  await page.getByRole('button', { name: 'Saved views' }).click()
  await views.getByRole('button', { name: 'Remove Dearest errors' }).click()
  await views.getByText('A view keeps the screen').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  const kept = async () => (await app.api.views.list(undefined, { signal: undefined })).map((view) => view.name)
  await expect.poll(kept).toEqual(['Dearest errors'])
})
