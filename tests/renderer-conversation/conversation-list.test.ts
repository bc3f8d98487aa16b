import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { createFixtureApp } from './fixture-app'
import { richBodies } from './fixture-bodies'
import { fixtureRow, manyRows } from './fixture-rows'
import { openWatchedPage, type WatchedPage } from './page'
import { openPageHost, type PageHost } from './page-host'

let host: PageHost
let browser: Browser
let app: ReturnType<typeof createFixtureApp>
let watched: WatchedPage
let page: Page

const rows = manyRows(3000)
const grid = () => page.getByRole('grid', { name: 'Requests' })
const row = (index: number) => page.locator(`[role=row][data-index="${index}"]`)
const scroller = () => grid().locator('..')
const focusedIndex = () => page.evaluate(() => document.activeElement?.getAttribute('data-index'))

beforeAll(async () => {
  browser = await launchChromium()
  // One built page for all tests; each gets an app of its own behind it.
  host = await openPageHost(() => app.api)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(() => {
  app = createFixtureApp(rows, () => richBodies())
})

async function open(path: string, options: Parameters<typeof openWatchedPage>[2] = {}): Promise<void> {
  watched = await openWatchedPage(browser, `${host.url}${path}`, options)
  page = watched.page
}

describe('the list of requests', () => {
  it('holds any number of rows with a few of them in the page, and reads older ones as one scrolls', async () => {
    await open('/conversations', { timezoneId: 'America/St_Johns' })
    await row(0).waitFor()
    expect(await grid().getAttribute('aria-rowcount')).toBe('3001')
    await page.getByText('3,000 requests').waitFor()
    await expect
      .poll(async () => {
        await scroller().evaluate((element) => (element.scrollTop = element.scrollHeight))
        return row(2999).count()
      })
      .toBe(1)
    await page.getByText('That is all of them.').waitFor()
    expect(await page.locator('[role=row]').count()).toBeLessThan(80)
    // None is read twice, though the user's zone, in which it is asked for, is not that of the machine.
    const cursors = app.listCalls.map((call) => (call as { cursor?: string }).cursor)
    expect(new Set(cursors).size).toBe(cursors.length)
    await watched.expectClean()
    await page.close()
  })

  it('is walked with the keyboard, and keeps its place while a request is read over it', async () => {
    await open('/conversations', { width: 900, height: 600 })
    await row(0).waitFor()
    await page.keyboard.press('j')
    await expect.poll(focusedIndex).toBe('0')
    for (const [key, index] of [
      ['j', '1'],
      ['ArrowDown', '2'],
      ['k', '1'],
      ['End', '99'],
      ['Home', '0'],
    ] as const) {
      await page.keyboard.press(key)
      await expect.poll(focusedIndex).toBe(index)
    }
    await page.keyboard.press('PageDown')
    await expect.poll(focusedIndex).not.toBe('0')
    await page.keyboard.press('PageDown')
    await expect.poll(() => scroller().evaluate((element) => element.scrollTop)).toBeGreaterThan(100)
    const index = await focusedIndex()
    const scrollTop = await scroller().evaluate((element) => element.scrollTop)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/conversation\//)
    await page.getByRole('tab', { name: 'Conversation' }).waitFor()
    expect(await page.locator('section[inert] [role=grid]').count()).toBe(1)
    await page.keyboard.press('Escape')
    await page.waitForURL(/\/conversations$/)
    await expect.poll(focusedIndex).toBe(index)
    await expect.poll(() => scroller().evaluate((element) => element.scrollTop)).toBe(scrollTop)
    await watched.expectClean()
    await page.close()
  })

  it('stands beside the reader where there is room', async () => {
    await open('/conversations')
    await row(3).click()
    await page.getByRole('tab', { name: 'Conversation' }).waitFor()
    expect(await grid().isVisible()).toBe(true)
    expect(await row(3).getAttribute('aria-current')).toBe('true')
    await row(4).click()
    await page.waitForURL(new RegExp(rows[4]?.id ?? ''))
    await page.goBack()
    await page.waitForURL(/\/conversations$/)
    await watched.expectClean()
    await page.close()
  })

  it('lets new rows in at the top, and holds them back while one reads further down', async () => {
    await open('/conversations')
    await row(0).waitFor()
    app.insert([fixtureRow({ preview: 'brand new words' })])
    await row(0).getByText('brand new words').waitFor()
    await page.getByText('3,001 requests').waitFor()

    await scroller().evaluate((element) => (element.scrollTop = 900))
    await row(30).waitFor()
    const text = await row(30).innerText()
    app.insert([fixtureRow({ preview: 'held one' }), fixtureRow({ preview: 'held two' })])
    const pill = page.getByRole('button', { name: '2 new' })
    await pill.waitFor()
    expect(await row(30).innerText()).toBe(text)
    expect(await scroller().evaluate((element) => element.scrollTop)).toBe(900)
    await pill.click()
    await row(0).getByText('held one').waitFor()
    await pill.waitFor({ state: 'detached' })
    expect(await scroller().evaluate((element) => element.scrollTop)).toBe(0)
    await watched.expectClean()
    await page.close()
  })

  it('fills in an answer, a price and a preview where the row stands', async () => {
    const running = fixtureRow({ answered: false, error: null, outputTokens: null, costUsd: null, preview: null })
    app = createFixtureApp([running, ...rows], () => richBodies())
    await open('/conversations')
    await row(0).getByText('running').waitFor()
    expect(
      await row(0)
        .getByText(/\$|unpriced/)
        .count(),
    ).toBe(0)
    app.change(running.id, { answered: true, error: false, outputTokens: 77, costUsd: 1.25, preview: 'now known' })
    await row(0).getByText('now known').waitFor()
    await row(0).getByText('77', { exact: true }).waitFor()
    await row(0).getByText('$1.25').waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('is narrowed by the address and widened by taking a filter away', async () => {
    await open('/conversations?domain=shop.example&model=gpt-oss-120b&errors=1')
    const chip = page.getByRole('button', { name: 'Remove filter Only: errors' })
    await chip.waitFor()
    await chip.click()
    await page.getByRole('button', { name: 'Remove filter Model: gpt-oss-120b' }).click()
    await page.getByText('750 requests').waitFor()
    expect(page.url()).toContain('domain=shop.example')
    await page.getByRole('button', { name: 'Errors only' }).click()
    await page.waitForURL(/errors=1/)
    await row(0).getByText('error').waitFor()
    await watched.expectClean()
    await page.close()
  })

  describe('of which several are chosen', () => {
    const bar = () => page.getByRole('toolbar', { name: 'Chosen requests' })
    const chosen = () =>
      page
        .locator('[role=row][aria-selected=true]')
        .evaluateAll((all) => all.map((each) => Number(each.getAttribute('data-index'))).sort((a, b) => a - b))

    it('is walked and chosen from with keys', async () => {
      await open('/conversations')
      await row(0).waitFor()
      expect(await grid().getAttribute('aria-multiselectable')).toBe('true')
      expect(await chosen()).toEqual([])
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await bar().getByText('1 request chosen').waitFor()
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('Shift+ArrowUp')
      await expect.poll(chosen).toEqual([0, 1, 2])
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await expect.poll(chosen).toEqual([0, 1, 2, 4])
      await page.keyboard.press('x')
      await expect.poll(chosen).toEqual([0, 1, 2])
      await page.keyboard.press('Control+a')
      await bar().getByText('100 requests chosen').waitFor()
      await page.keyboard.press('Escape')
      await bar().waitFor({ state: 'detached' })
      expect(await chosen()).toEqual([])
      await watched.expectClean()
      await page.close()
    })

    it('is chosen from with the mouse, and opens nothing by it', async () => {
      await open('/conversations')
      const box = (index: number) => row(index).locator('[role=gridcell]').first()
      await box(1).click()
      await row(4).click({ modifiers: ['Shift'] })
      await expect.poll(chosen).toEqual([1, 2, 3, 4])
      await row(8).click({ modifiers: ['ControlOrMeta'] })
      await box(2).click()
      await expect.poll(chosen).toEqual([1, 3, 4, 8])
      expect(page.url()).toMatch(/\/conversations$/)
      expect(await page.evaluate(() => getSelection()?.toString())).toBe('')
      const all = page.getByRole('checkbox', { name: 'Choose all rows that are loaded' })
      expect(await all.getAttribute('aria-checked')).toBe('mixed')
      await all.click()
      await bar().getByText('100 requests chosen').waitFor()
      await all.click()
      await bar().waitFor({ state: 'detached' })
      // Another question has other rows.
      await box(1).click()
      await page.getByRole('button', { name: 'Errors only' }).click()
      await page.waitForURL(/errors=1/)
      await bar().waitFor({ state: 'detached' })
      await watched.expectClean()
      await page.close()
    })

    it('is pinned, tagged and exported at once, with a way back', async () => {
      await open('/conversations')
      await row(0).waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await page.keyboard.press('Shift+ArrowDown')
      const kept = () => app.api.annotations.list(undefined, { signal: undefined })
      await bar().getByRole('button', { name: 'Pin', exact: true }).click()
      await page.getByText('Pinned 2 conversations', { exact: true }).waitFor()
      expect((await kept()).map(({ isPinned, target }) => [isPinned, target.requestId])).toEqual(
        rows.slice(0, 2).map(({ id }) => [true, id]),
      )
      await bar().getByRole('button', { name: 'Tag…' }).click()
      await page.getByLabel('Tag the conversations of these requests').fill('follow-up')
      await page.keyboard.press('Enter')
      await page.getByText('Tagged 2 conversations follow-up', { exact: true }).waitFor()
      expect((await kept()).map(({ tags, isPinned }) => [tags, isPinned])).toEqual([
        [['follow-up'], true],
        [['follow-up'], true],
      ])
      const toasts = page.getByRole('button', { name: 'Undo' })
      await toasts.last().click()
      await expect.poll(async () => (await kept()).map(({ tags }) => tags)).toEqual([[], []])
      await toasts.first().click()
      await expect.poll(kept).toEqual([])
      await bar().getByRole('button', { name: 'Export…' }).click()
      await page.getByRole('dialog').getByText('2 requests').waitFor()
      expect(app.exportPlans.at(-1)?.ids).toEqual(rows.slice(0, 2).map(({ id }) => id))
      await watched.expectClean()
      await page.close()
    })
  })

  it('shows the columns that one chooses, in their order, and a saved view has its own', async () => {
    const heads = () => grid().getByRole('columnheader').allInnerTexts()
    const shown = async () => (await heads()).map((text) => text.trim()).filter(Boolean)
    await open('/conversations')
    await row(0).waitFor()
    const menu = page.getByRole('list', { name: 'Columns' })
    const box = (name: string) => menu.getByRole('checkbox', { name, exact: true })
    await page.getByRole('button', { name: 'Columns' }).click()
    await box('Input').click()
    await box('Output').click()
    await box('State').click()
    await box('Stopped by').click()
    await expect.poll(shown).toEqual(['Time', 'Domain', 'Model', 'Last user text', 'Cost', 'Time taken', 'Stopped by'])
    await menu.getByRole('button', { name: 'Move Cost up' }).click()
    await expect.poll(async () => (await shown()).indexOf('Cost')).toBe(3)
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(async () => (await shown()).indexOf('Cost')).toBe(2)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move Cost up')
    await menu.locator('[data-column=stop]').dragTo(menu.locator('[data-column=time]'))
    const chosen = ['Stopped by', 'Time', 'Cost', 'Domain', 'Model', 'Last user text', 'Time taken']
    await expect.poll(async () => (await shown()).toSorted()).toEqual(chosen.toSorted())
    await expect.poll(shown).toEqual(['Stopped by', 'Time', 'Domain', 'Cost', 'Model', 'Last user text', 'Time taken'])
    await page.keyboard.press('Escape')
    // This browser keeps them; a view that is saved holds them in its address.
    await page.reload()
    await row(0).waitFor()
    await expect.poll(async () => (await shown())[0]).toBe('Stopped by')
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByLabel('Save what is on screen as').fill('Mine')
    await page.keyboard.press('Enter')
    await page.getByRole('list', { name: 'Views' }).getByText('Mine').waitFor()
    const [view] = await app.api.views.list(undefined, { signal: undefined })
    expect(view?.address).toContain('cols=stop,time,domain,cost,model,preview,duration')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('button', { name: 'Reset' }).click()
    await expect.poll(async () => (await shown())[0]).toBe('Time')
    await page.goto(`${host.url}${view!.address}`)
    await expect.poll(async () => (await shown())[0]).toBe('Stopped by')
    await watched.expectClean()
    await page.close()
  })

  it('says why it is empty and offers the next step', async () => {
    await open('/conversations?domain=nobody.example')
    await page.getByText('No request fits these filters').waitFor()
    await page.getByRole('button', { name: 'Remove all filters' }).click()
    await page.getByText('3,000 requests').waitFor()
    await page.close()
  })

  it('says what failed and tries again', async () => {
    app.breakList(true)
    await open('/conversations')
    await page.getByText('The local copy could not be read or written.').waitFor()
    app.breakList(false)
    await page.getByRole('button', { name: 'Try again' }).click()
    await row(0).waitFor()
    await page.close()
  })
})
