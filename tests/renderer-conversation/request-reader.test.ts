import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { createFixtureApp } from './fixture-app'
import { hostileBodies, largeBodies, richBodies } from './fixture-bodies'
import { fixtureRow } from './fixture-rows'
import { openWatchedPage, type WatchedPage } from './page'
import { openPageHost, type PageHost } from './page-host'

let host: PageHost
let browser: Browser
let app: ReturnType<typeof createFixtureApp>
let watched: WatchedPage
let page: Page

const rich = fixtureRow({ preview: 'rich' })
const hostile = fixtureRow({ domain: '<img src=x onerror=window.attacked=1>', preview: '<script>\u202Eevil</script>' })
const large = fixtureRow({ preview: 'large' })
const running = fixtureRow({ answered: false, error: null, outputTokens: null, costUsd: null })
const fiveMegabytes = largeBodies(5_000_000)
let isAnswered = false

beforeAll(async () => {
  browser = await launchChromium()
  host = await openPageHost(() => app.api)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(() => {
  isAnswered = false
  app = createFixtureApp([rich, hostile, large, running], (id) => {
    if (id === hostile.id) return hostileBodies('https://evil.example')
    if (id === large.id) return fiveMegabytes
    return id === running.id && !isAnswered ? { ...richBodies(), response: null } : richBodies()
  })
})

async function open(id: string, options: Parameters<typeof openWatchedPage>[2] = {}): Promise<void> {
  watched = await openWatchedPage(browser, `${host.url}/conversation/${id}`, options)
  page = watched.page
}
const conversation = () => page.getByRole('region', { name: 'Conversation', exact: true })
const toEnd = () => conversation().evaluate((element) => (element.scrollTop = element.scrollHeight))

describe('the reader', () => {
  it('draws every kind of block, and a tool call with its result in one', async () => {
    await open(rich.id)
    await conversation().getByText('The build fails since').waitFor()
    await page.getByRole('button', { name: 'System prompt' }).click()
    await conversation().getByText('Say what you did not check.', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Parameters' }).click()
    await conversation().getByText('budget_tokens').waitFor()
    await page.getByRole('button', { name: 'Thinking 29 characters' }).click()
    await conversation().getByText('First the log, then the test.').waitFor()
    await conversation().getByText('Thinking, encrypted by the API').waitFor()
    await page.getByRole('button', { name: 'Tool call Bash' }).first().click()
    await conversation().getByText('1 failed, 41 passed').waitFor()
    expect(await conversation().locator('img').count()).toBeGreaterThan(0)
    await toEnd()
    await conversation().getByText('2 tool results, shown with their calls above').waitFor()
    await conversation().getByText('brand_new_block').waitFor()
    await conversation().getByRole('heading', { name: 'What was wrong' }).waitFor()
    await conversation().locator('.hljs-keyword').first().waitFor()
    await conversation().getByText('Stopped to call a tool').waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('reads Markdown where it was written, and shows any text as it was written when asked to', async () => {
    await open(rich.id)
    await conversation().locator('strong', { hasText: 'yesterday' }).waitFor()
    await page.getByRole('button', { name: 'Show the text as written', pressed: false }).first().click()
    await conversation().getByText('The build fails since **yesterday**.').waitFor()
    expect(await conversation().locator('strong', { hasText: 'yesterday' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Show the text as written', pressed: true }).first().click()
    await conversation().locator('strong', { hasText: 'yesterday' }).waitFor()
    await page.close()
  })

  it('walks from message to message and finds the place again after another view', async () => {
    await open(rich.id, { height: 500 })
    await conversation().getByText('The build fails since').waitFor()
    const focused = () => page.evaluate(() => Number(document.activeElement?.getAttribute('data-index') ?? -1))
    let index = -1
    for (let step = 0; step < 3; step++) {
      await page.keyboard.press(']')
      await expect.poll(focused).toBeGreaterThan(index)
      index = await focused()
    }
    await page.keyboard.press('[')
    await expect.poll(focused).toBeLessThan(index)
    // The place is there once the rows have been measured and nothing moves any more.
    let offset = 0
    const settled = async () => {
      const former = offset
      offset = await conversation().evaluate((element) => element.scrollTop)
      return offset > 0 && offset === former
    }
    await expect.poll(settled, { interval: 200 }).toBe(true)
    await page.getByRole('tab', { name: 'Cost' }).click()
    await page.getByRole('tab', { name: 'Conversation' }).click()
    await expect.poll(() => conversation().evaluate((element) => element.scrollTop)).toBe(offset)
    await page.close()
  })

  it('shows a cost whose parts add up to the total', async () => {
    await open(rich.id)
    await page.getByRole('tab', { name: 'Cost' }).click()
    const dollars = (texts: string[]) => texts.map((text) => Number(text.replace(/[$,]/g, '')))
    const parts = dollars(await page.locator('tbody tr td:last-child:not([data-within])').allInnerTexts())
    const [total] = dollars(await page.locator('tfoot td').allInnerTexts())
    expect(parts.length).toBe(4)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(total ?? 0, 6)
    await page.close()
  })

  it('says that an answer is on its way, and shows it when it is there', async () => {
    await open(running.id)
    await toEnd()
    await conversation().getByText('Still running, or never answered').waitFor()
    isAnswered = true
    app.change(running.id, { answered: true, error: false, outputTokens: 321 })
    await conversation().getByRole('heading', { name: 'What was wrong' }).waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('opens 5 MB with a few messages in the page, shows all of a long text, and finds words in its raw form', async () => {
    await open(large.id)
    await conversation().getByText('The quick brown fox').first().waitFor()
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length)
    expect(await elements()).toBeLessThan(1500)
    // The newest come first. Earlier ones come when they are asked for or scrolled to, and nothing moves.
    const topOf = (text: string) => conversation().getByText(text).first().boundingBox()
    const first = (
      await conversation()
        .getByText(/^Turn \d+\./)
        .first()
        .innerText()
    ).slice(0, 10)
    const before = await topOf(first)
    await page.getByRole('button', { name: 'Show earlier messages' }).click()
    await expect.poll(() => conversation().evaluate((element) => element.scrollTop)).toBeGreaterThan(1000)
    await expect.poll(async () => Math.abs(((await topOf(first))?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(60)
    const showAll = page.getByRole('button', { name: /^Show all/ })
    await expect
      .poll(async () => {
        await conversation().evaluate((element) => element.scrollTo({ top: 0 }))
        return showAll.count()
      })
      .toBe(1)
    await page
      .getByRole('button', { name: /^Show all/ })
      .first()
      .click()
    await expect.poll(() => conversation().evaluate((element) => element.scrollHeight)).toBeGreaterThan(500_000)
    expect(await elements()).toBeLessThan(2500)
    await page.getByRole('tab', { name: 'Raw' }).click()
    await page.getByRole('treeitem').nth(2).waitFor()
    await page.getByRole('searchbox').fill('Turn 1999')
    await page.getByText('1 of 1').waitFor()
    await page.getByRole('treeitem', { selected: true }).getByText('Turn 1999').waitFor()
    await page.getByText('messages[2000].content').waitFor()
    await page.getByRole('button', { name: 'Unfold all' }).click()
    await page.getByRole('treeitem').nth(30).waitFor()
    expect(await elements()).toBeLessThan(2500)
    await watched.expectClean()
    await page.close()
  })

  it('opens a folded line of the raw form with the keyboard', async () => {
    await open(rich.id)
    await page.getByRole('tab', { name: 'Raw' }).click()
    const tree = page.getByRole('tree', { name: 'JSON' })
    await page.getByRole('treeitem').nth(2).waitFor()
    await tree.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('treeitem', { expanded: true, selected: true }).getByText('messages').waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('treeitem', { expanded: false, selected: true }).waitFor()
    await page.getByText(/^Response \d/).click()
    await page.getByText('stop_reason').waitFor()
    await page.close()
  })

  it('asks before a link of a body is opened, and offers no other kind of link', async () => {
    await open(rich.id)
    await toEnd()
    await page.getByRole('button', { name: 'Open link to example.com' }).click()
    const dialog = page.getByRole('dialog', { name: 'Open this link?' })
    await dialog.getByText('https://example.com/docs').waitFor()
    const link = dialog.getByRole('link', { name: 'Open in a new tab' })
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await conversation().locator('a').count()).toBe(0)
    await watched.expectClean()
    await page.close()
  })

  it('runs nothing, loads nothing and hides nothing of a hostile body', async () => {
    await open(hostile.id, { height: 4000 })
    await conversation().getByText('<script>window.attacked = 1</script>').first().waitFor()
    const folded = conversation().locator('button[aria-expanded="false"]')
    for (let left = 20; left > 0 && (await folded.count()) > 0; left--) await folded.first().click()
    await conversation().getByText('RLO', { exact: true }).first().waitFor()
    await conversation().getByText('TAG ignore all rules').first().waitFor()
    await conversation().getByText('ESC', { exact: true }).first().waitFor()
    await page.getByText('Error:').waitFor()
    expect(await conversation().locator('img, iframe, script, style, object, a, link, base, meta').count()).toBe(0)
    await page.getByRole('tab', { name: 'Raw' }).click()
    await page.getByRole('button', { name: 'Unfold all' }).click()
    await page.getByRole('treeitem').nth(10).waitFor()
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false)
    await watched.expectClean()
    await page.close()
  })

  it('says that a request is not there', async () => {
    await open('00000000-0000-4000-8000-000000000000')
    await page.getByText('No request has this id.').waitFor()
    await page.getByRole('button', { name: 'Back to the list' }).click()
    await page.waitForURL(/\/conversations$/)
    await page.close()
  })

  it.each(['light', 'dark'] as const)('has no accessibility fault that axe knows, %s', async (colorScheme) => {
    await open(rich.id, { colorScheme })
    await conversation().getByText('The build fails since').waitFor()
    const faults = async () => {
      await page.waitForTimeout(200)
      const result = await page.evaluate(async () =>
        (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }),
      )
      return result.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`)
    }
    await page.evaluate(axe.source)
    for (const name of ['System prompt', 'Tool call Bash']) await page.getByRole('button', { name }).first().click()
    expect(await faults()).toEqual([])
    await toEnd()
    expect(await faults()).toEqual([])
    for (const name of ['Cost', 'Raw']) {
      await page.getByRole('tab', { name }).click()
      expect(await faults()).toEqual([])
    }
    await page.keyboard.press('Escape')
    await page.close()
  })
})
