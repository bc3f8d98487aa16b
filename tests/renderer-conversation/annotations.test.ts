import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Message } from '../../src-main/contract/conversations'
import { messageDigest } from '../../src-renderer/conversation/annotations/message-digest'
import { launchChromium } from '../fakes/chromium'
import { createFixtureApp } from './fixture-app'
import { richBodies } from './fixture-bodies'
import { storyThread } from './fixture-thread'
import { openWatchedPage, type WatchedPage } from './page'
import { openPageHost, type PageHost } from './page-host'

let host: PageHost
let browser: Browser
let app: ReturnType<typeof createFixtureApp>
let watched: WatchedPage
let page: Page
const story = storyThread()

beforeAll(async () => {
  browser = await launchChromium()
  host = await openPageHost(() => app.api)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(() => {
  app = createFixtureApp(story.rows, (id) => story.stored.get(id) ?? richBodies(), [story.thread])
})

async function open(id: string): Promise<void> {
  watched = await openWatchedPage(browser, `${host.url}/conversation/${id}`)
  page = watched.page
  page.setDefaultTimeout(10_000)
  await conversation().waitFor()
}
const conversation = () => page.getByRole('region', { name: 'Conversation', exact: true })
const message = (text: string) => conversation().locator('article').filter({ hasText: text })
const button = (name: string) => page.getByRole('button', { name, exact: true })
const notes = (of: 'conversation' | 'message') => page.getByRole('complementary', { name: `Your notes on this ${of}` })

it('pins a conversation by key, seen at its other requests and at each of its rows', async () => {
  await open(story.first.id)
  await page.keyboard.press('b')
  await notes('conversation').getByText('pinned').waitFor()
  await page.keyboard.press('n')
  await page.waitForURL(`**/conversation/${story.second.id}`)
  await button('Unpin this conversation').waitFor()
  const list = page.getByRole('region', { name: 'Requests', exact: true })
  await list
    .getByRole('row', { name: /Thanks\./ })
    .getByText('pinned')
    .waitFor()
  await page.keyboard.press('b')
  await button('Pin this conversation').waitFor()
  expect(await list.getByText('pinned').count()).toBe(0)
  expect(await app.api.annotations.list(undefined, { signal: undefined })).toEqual([])
  await watched.expectClean()
  await page.close()
})

it('keeps tags and a note on a message, seen again where a later request repeats it', async () => {
  await open(story.first.id)
  await message('Why does it fail?').hover()
  await message('Why does it fail?').getByRole('button', { name: 'Tags and note of this message' }).click()
  await page.getByRole('combobox', { name: 'Tags' }).fill('cause, Timer')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove tag Timer' }).waitFor()
  await page.getByRole('textbox', { name: 'Note' }).fill('Ask <b>Ada</b>\u202e.')
  await button('Done').click()
  await notes('message').getByText('Ask <b>Ada</b>').waitFor()
  await notes('message').getByText('RLO').waitFor()
  await page.goto(`${host.url}/conversation/${story.third.id}`)
  await message('Why does it fail?').getByText('cause').waitFor()
  expect(await notes('message').count()).toBe(1)
  await watched.expectClean()
  await page.close()
})

it('takes back what was removed', async () => {
  await open(story.first.id)
  const { set } = app.api.annotations
  const target = { requestId: story.first.id, message: null }
  await set({ target, isPinned: true, tags: ['refund', 'urgent'], note: 'Call them.' }, { signal: undefined })
  await notes('conversation').getByText('Call them.').waitFor()
  await button('Tags and note of this conversation').click()
  await button('Remove tag urgent').click()
  await page.getByText('Removed tag urgent').waitFor()
  await button('Undo').click()
  await button('Remove tag urgent').waitFor()
  await button('Remove all').click()
  await page.getByText('Removed pin, tags and note').waitFor()
  await notes('conversation').waitFor({ state: 'detached' })
  await button('Undo').last().click()
  await notes('conversation').getByText('Call them.').waitFor()
  await notes('conversation').getByText('urgent').waitFor()
  await watched.expectClean()
  await page.close()
})

it('tells messages apart by what is said, not by thinking or marks', () => {
  const text = { kind: 'text' as const, text: 'Same.' }
  const of = (patch: Partial<Message>) =>
    messageDigest({ role: 'user', blocks: [text], tokens: null, tokensEstimated: true, ...patch })
  expect(of({ tokens: 5, cacheControl: { type: 'ephemeral' } })).toBe(of({}))
  expect(of({ blocks: [{ kind: 'thinking', text: 'hm', redacted: false }, text] })).toBe(of({}))
  expect(of({ role: 'assistant' })).not.toBe(of({}))
  expect(of({ blocks: [{ kind: 'text', text: 'Same!' }] })).not.toBe(of({}))
})
