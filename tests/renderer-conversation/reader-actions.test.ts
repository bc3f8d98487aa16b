import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Message } from '../../src-main/contract/conversations'
import type { PlacedAnnotation } from '../../src-main/contract/annotations'
import { messageDigest } from '../../src-renderer/conversation/annotations/message-digest'
import { countAnnotated, countAnnotatedOf } from '../../src-renderer/conversation/annotations/place-annotations'
import { lineOf } from '../../src-renderer/conversation/thread/outline'
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
const textMessage = (role: string, text: string): Message => ({
  role,
  blocks: [{ kind: 'text', text }],
  tokens: null,
  tokensEstimated: true,
})

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
  await conversation().waitFor()
}
const conversation = () => page.getByRole('region', { name: 'Conversation', exact: true })
const message = (text: string) => conversation().locator('article').filter({ hasText: text })
const button = (name: string) => page.getByRole('button', { name, exact: true })
const notes = (of: 'conversation' | 'message') => page.getByRole('complementary', { name: `Your notes on this ${of}` })

it('pins a conversation by key, seen at its other requests and at each of its rows', async () => {
  await open(story.first.id)
  // The keys do what their buttons do, and nothing before those can be pressed.
  for (const name of ['Pin this conversation', 'Next request']) {
    await expect.poll(() => button(name).isEnabled()).toBe(true)
  }
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
  const fold = page.getByRole('button', { name: 'read at the request before' })
  await fold.getByText('1 marked').waitFor()
  await fold.click()
  await message('Why does it fail?').getByText('cause').waitFor()
  expect(await fold.getByText('marked').count()).toBe(0)
  expect(await notes('message').count()).toBe(1)
  await watched.expectClean()
  await page.close()
})

it('says on a fold how much of what is in it is marked, also of what is not here yet', () => {
  const digest = (text: string, role = 'user') => messageDigest(textMessage(role, text))
  const place = {
    requestId: story.third.id,
    conversationId: story.thread.conversationId,
    requestIds: new Set(story.rows.map(({ id }) => id)),
    lineIds: lineOf(story.thread.requests, story.third.id),
  }
  expect([...place.lineIds]).toEqual([story.third.id, story.retry.id, story.first.id])
  const mark = (requestId: string, index: number, text: string): PlacedAnnotation => ({
    target: { requestId, message: { index, digest: digest(text) } },
    conversationId: story.thread.conversationId,
    isPinned: true,
    tags: [],
    note: '',
    changedAt: new Date().toISOString(),
  })
  const marks = [
    mark(story.first.id, 0, 'Why?'),
    mark(story.retry.id, 0, 'Why?'),
    mark(story.subAgent.id, 0, 'Read the test.'),
    mark(story.second.id, 2, 'What?'),
    mark(story.subAgent.id, 2, 'Other'),
  ]
  const messages = ['Why?', 'So.', 'What?'].map((text, index) => textMessage(index === 1 ? 'assistant' : 'user', text))
  expect(countAnnotated(marks, place, { messages }, [0, 3])).toBe(2)
  expect(countAnnotated(marks, place, { messages }, [1, 3])).toBe(1)
  const page = { from: 2, total: 3 }
  expect(countAnnotated(marks, place, { messages: messages.slice(2), page }, [0, 3])).toBe(2)
  expect(countAnnotated(marks.slice(2), place, { messages: [], page }, [0, 2])).toBe(0)
  expect(countAnnotatedOf(marks, new Set([story.subAgent.id, story.subAgentNext.id]))).toBe(2)
})

it('takes back what was removed', async () => {
  await open(story.first.id)
  const { set } = app.api.annotations
  const target = { requestId: story.first.id, message: null }
  await set({ target, isPinned: true, tags: ['refund', 'urgent'], note: 'Call them.' }, { signal: undefined })
  await notes('conversation').getByText('Call them.').waitFor()
  await button('Tags and note of this conversation').click()
  await button('Remove tag urgent').click()
  await page.getByText('Removed tag urgent', { exact: true }).waitFor()
  await button('Undo').click()
  await button('Remove tag urgent').waitFor()
  await button('Remove all').click()
  await page.getByText('Removed pin, tags and note', { exact: true }).waitFor()
  await notes('conversation').waitFor({ state: 'detached' })
  await button('Undo').last().click()
  await notes('conversation').getByText('Call them.').waitFor()
  await notes('conversation').getByText('urgent').waitFor()
  await watched.expectClean()
  await page.close()
})

it('exports what is chosen, and shows before what is taken out', async () => {
  await open(story.third.id)
  await button('Export').click()
  const dialog = page.getByRole('dialog', { name: 'Export' })
  const removed = dialog.getByRole('list', { name: 'Texts that are taken out' })
  await removed.getByText('ada@mail.example').waitFor()
  await dialog.getByText('3 texts taken out').waitFor()
  await dialog.getByLabel('Mail addresses').uncheck()
  await dialog.getByText('Nothing is taken out.').waitFor()
  await dialog.getByLabel('Patterns of your own').fill('(')
  await dialog.getByText('No such pattern.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Save the file' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Patterns of your own').fill('PLAT-\\d+')
  await dialog.getByText('Web page', { exact: true }).click()
  await dialog.getByText('This request', { exact: true }).click()
  await dialog.getByText('Nothing is taken out.').waitFor()
  await expect
    .poll(() => app.transcriptInputs.at(-1))
    .toEqual({
      id: story.third.id,
      extent: 'request',
      format: 'html',
      redaction: { secrets: true, mail: false, homePaths: true, patterns: ['PLAT-\\d+'] },
    })
  const saved = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save the file' }).click()
  expect((await saved).suggestedFilename()).toBe('conversation.html')
  await dialog.waitFor({ state: 'detached' })
  await watched.expectClean()
  await page.close()
})

it('leads to a message by its link', async () => {
  await open(story.third.id)
  await message('Thank').or(message('Please mend it.')).first().waitFor()
  const linked = conversation().locator('article').filter({ hasText: 'Please mend it.' })
  await page.goto(`${host.url}/conversation/${story.third.id}#message-4`)
  await expect.poll(() => linked.evaluate((element) => element === document.activeElement)).toBe(true)
  await linked.hover()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await linked.getByRole('button', { name: 'Copy the link to this message' }).click()
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(`${host.url}/conversation/${story.third.id}#message-4`)
  await linked.getByRole('button', { name: 'Copy this message' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('Please mend it.')
  await watched.expectClean()
  await page.close()
})

it('splits and joins by hand, with a way back, and jumps to what one looks for', async () => {
  await open(story.second.id)
  const more = async (entry: string) => {
    await button('More about this request in its conversation').click()
    await page.getByRole('menuitem', { name: entry }).click()
  }
  await more('Begin a conversation of its own here')
  await page.getByText('A conversation of its own begins here', { exact: true }).waitFor()
  await button('Undo').click()
  await expect
    .poll(() => app.linkCalls)
    .toEqual([`split ${story.second.id}`, 'remove 00000000-0000-4000-8000-0000000000aa'])
  await more('Join to another conversation…')
  const dialog = page.getByRole('dialog', { name: 'Join to another conversation' })
  const field = dialog.getByRole('textbox')
  await field.fill('not an id')
  await dialog.getByText('That holds no request id.').waitFor()
  await field.fill(story.first.id)
  await dialog.getByText('That request is in this conversation already.').waitFor()
  await field.fill('https://x.example/dashboard/conversation/00000000-0000-4000-8000-00000000000B?window=7d')
  await dialog.getByRole('button', { name: 'Join' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(app.linkCalls.at(-1)).toBe(`join ${story.second.id} 00000000-0000-4000-8000-00000000000b`)
  await more('Next sub-agent')
  await page.waitForURL(`**/conversation/${story.subAgent.id}`)
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
