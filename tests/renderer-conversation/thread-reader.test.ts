import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { createFixtureApp } from './fixture-app'
import { largeBodies, richBodies } from './fixture-bodies'
import { fixtureRow } from './fixture-rows'
import { storyThread, threadOf } from './fixture-thread'
import { openWatchedPage, type WatchedPage } from './page'
import { openPageHost, type PageHost } from './page-host'

let host: PageHost
let browser: Browser
let app: ReturnType<typeof createFixtureApp>
let watched: WatchedPage
let page: Page

const story = storyThread()
const rich = fixtureRow({ preview: 'rich' })
const large = fixtureRow({ preview: 'large' })
const longRows = Array.from({ length: 2000 }, (_, index) =>
  fixtureRow({
    preview: `Turn number ${index + 1}`,
    timestamp: new Date(Date.UTC(2026, 1, 1) + index * 60_000).toISOString(),
  }),
)
const bushyRows = longRows.map((row) => fixtureRow({ timestamp: row.timestamp, preview: row.preview }))
const bushy = threadOf(
  bushyRows.map((row, index) => {
    const isAside = index % 10 === 9
    const parentId = index === 0 ? null : (bushyRows[index - (index % 10 === 0 ? 2 : 1)]?.id ?? null)
    return {
      row,
      parentId,
      turn: index + 1,
      kind: index === 0 ? 'start' : isAside ? 'branch' : 'turn',
      depth: isAside ? 1 : 0,
    }
  }),
)
const long = threadOf(longRows.map((row, index) => ({ row, turn: index + 1, kind: index === 0 ? 'start' : 'turn' })))

beforeAll(async () => {
  browser = await launchChromium()
  host = await openPageHost(() => app.api)
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
beforeEach(() => {
  app = createFixtureApp(
    [rich, large, ...story.rows, ...longRows, ...bushyRows],
    (id) => (id === large.id ? largeBodies(2_000_000) : (story.stored.get(id) ?? richBodies())),
    [story.thread, long, bushy],
  )
})

async function open(id: string, options: Parameters<typeof openWatchedPage>[2] = {}): Promise<void> {
  watched = await openWatchedPage(browser, `${host.url}/conversation/${id}`, options)
  page = watched.page
  await bar().getByRole('button', { name: 'Requests of this conversation' }).waitFor()
}
const bar = () => page.getByRole('region', { name: 'The whole conversation' })
const outline = () => page.getByRole('navigation', { name: 'Requests of this conversation' })
const conversation = () => page.getByRole('region', { name: 'Conversation', exact: true })
const openRequest = () => outline().locator('[aria-current="true"]')
const tab = (name: string) => page.getByRole('tab', { name }).click()
const marked = (name: string) => page.evaluate((key) => [...(CSS.highlights.get(key) ?? [])].map(String), name)

describe('the conversation of a request', () => {
  it('is summed up in one line that says what is not known yet', async () => {
    await open(story.third.id)
    await bar().getByText('Turn 3').waitFor()
    await bar().getByText('7 requests').waitFor()
    await bar().getByText('$0.91').waitFor()
    await bar().getByText('so far').waitFor()
    await page.close()
    await open(rich.id)
    await bar().getByText('1 request', { exact: true }).waitFor()
    expect(await bar().getByText('so far').count()).toBe(0)
    await watched.expectClean()
    await page.close()
  })

  it('is read once, however late the page knows its workspace', async () => {
    const asked: string[] = []
    const { get, thread } = app.api.conversations
    app.api.conversations.get = (...asking) => (asked.push('request'), get(...asking))
    app.api.conversations.thread = (...asking) => (asked.push('conversation'), thread(...asking))
    const { get: settings } = app.api.settings
    let tell = (): void => undefined
    const told = new Promise<void>((resolve) => (tell = resolve))
    app.api.settings.get = async (...asking) => (await told, settings(...asking))
    watched = await openWatchedPage(browser, `${host.url}/conversation/${story.third.id}`)
    page = watched.page
    await page.getByRole('link', { name: 'Conversations' }).waitFor()
    expect(asked).toEqual([])
    tell()
    await page.getByRole('status').filter({ hasText: 'as of' }).or(page.getByText(/as of/)).first().waitFor()
    await bar().getByText('7 requests').waitFor()
    await conversation().waitFor()
    expect(asked.toSorted()).toEqual(['conversation', 'request'])
    await watched.expectClean()
    await page.close()
  })

  it('is walked with keys and buttons, through asides too, and the view stays open', async () => {
    await open(story.third.id)
    await tab('Changes')
    await page.keyboard.press('n')
    await page.waitForURL(`**/conversation/${story.subAgent.id}`)
    await bar().getByText('Sub-agent, turn 1').waitFor()
    await page.getByText('A sub-agent begins anew').waitFor()
    await page.getByRole('button', { name: 'Open the request that called it' }).click()
    await page.waitForURL(`**/conversation/${story.third.id}`)
    await page.keyboard.press('p')
    await page.waitForURL(`**/conversation/${story.retry.id}`)
    await bar().getByRole('button', { name: 'Former request' }).click()
    await page.waitForURL(`**/conversation/${story.second.id}`)
    await page.getByRole('tab', { name: 'Changes', selected: true }).waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('is outlined with kinds, pauses and errors; arrows walk, Enter opens, asides unfold', async () => {
    await open(story.third.id)
    await page.keyboard.press('o')
    await openRequest().getByText('Please mend it.').waitFor()
    await outline().getByText('retry', { exact: true }).waitFor()
    await outline().getByText('error', { exact: true }).waitFor()
    await outline().getByText('+20 min').waitFor()
    const fold = outline().getByRole('button', { name: '1 sub-agent' })
    await fold.getByText('$0.29').waitFor()
    await openRequest().focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => fold.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Read the test.')
    await outline().getByRole('button', { name: 'sub-agent Read the test.' }).hover()
    await page.getByRole('tooltip').getByText('the task that a tool call gave to a sub-agent').waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/conversation/${story.subAgent.id}`)
    await openRequest().getByText('Read the test.').waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('is drawn as a map that arrows and clicks walk, the open request marked', async () => {
    await open(story.third.id)
    await page.keyboard.press('m')
    const map = page.getByRole('listbox', { name: 'Map of this conversation' })
    const current = (name: string) => map.getByRole('option', { name, selected: true }).waitFor()
    await current('Turn 3')
    expect(await map.getByRole('option').count()).toBe(7)
    await map.getByRole('option', { name: 'Turn 2, error' }).waitFor()
    await map.focus()
    await page.keyboard.press('ArrowDown')
    await page.waitForURL(`**/conversation/${story.retry.id}`)
    await current('Retry of turn 2')
    await page.keyboard.press('ArrowUp')
    await page.waitForURL(`**/conversation/${story.second.id}`)
    await current('Turn 2, error')
    await page.keyboard.press('End')
    await page.waitForURL(`**/conversation/${story.fourth.id}`)
    await current('Turn 4')
    expect(await map.evaluate((element) => element === document.activeElement)).toBe(true)
    await map.getByRole('option', { name: 'Sub-agent, turn 1' }).click()
    await page.waitForURL(`**/conversation/${story.subAgent.id}`)
    await current('Sub-agent, turn 1')
    await bar().getByRole('button', { name: 'Map of this conversation' }).click()
    await map.waitFor({ state: 'detached' })
    await watched.expectClean()
    await page.close()
    // A single line needs none.
    await open(longRows[3]?.id ?? '')
    expect(await bar().getByRole('button', { name: 'Map of this conversation' }).count()).toBe(0)
    await page.close()
  })

  it('keeps few signs of a map of two thousand in the page', async () => {
    await open(bushyRows[1200]?.id ?? '')
    await page.keyboard.press('m')
    const map = page.getByRole('listbox', { name: 'Map of this conversation' })
    const chosen = map.getByRole('option', { selected: true })
    await chosen.waitFor()
    const inView = async () => {
      const [frame, sign] = [await map.boundingBox(), await chosen.boundingBox()]
      return frame !== null && sign !== null && sign.x >= frame.x && sign.x + sign.width <= frame.x + frame.width
    }
    await expect.poll(inView).toBe(true)
    await expect.poll(() => map.getByRole('option').count()).toBeLessThan(200)
    await watched.expectClean()
    await page.close()
  })

  it('keeps few lines of two thousand in the page, and finds the open one', async () => {
    await open(longRows[1499]?.id ?? '')
    await page.keyboard.press('o')
    await openRequest().getByText('Turn number 1500').waitFor()
    const inView = async () => {
      const [frame, line] = [await outline().boundingBox(), await openRequest().boundingBox()]
      return frame !== null && line !== null && line.y >= frame.y && line.y + line.height <= frame.y + frame.height
    }
    await expect.poll(inView).toBe(true)
    const [figures, strip] = [await bar().locator('p').boundingBox(), await bar().locator('svg').nth(2).boundingBox()]
    expect(strip?.x).toBeGreaterThanOrEqual((figures?.x ?? 0) + (figures?.width ?? 0))
    await openRequest().focus()
    await page.keyboard.press('End')
    await outline().getByText('Turn number 2000').waitFor()
    expect(await outline().getByRole('listitem').count()).toBeLessThan(40)
    await watched.expectClean()
    await page.close()
  })
})

describe('asides in place', () => {
  it('are the turns of a sub-agent, read when its call is unfolded', async () => {
    await open(story.third.id)
    const call = conversation().getByRole('button', { name: 'Tool call Task' })
    await call.getByText('2 turns').waitFor()
    await call.getByText('$0.29').waitFor()
    await call.click()
    await conversation().getByRole('button', { name: 'Sub-agent' }).click()
    const answers = conversation().getByRole('region', { name: 'Answer' })
    await answers.nth(1).getByText('The timer is counted twice.').waitFor()
    await conversation().getByText('What is the cause?').waitFor()
    await conversation().getByRole('button', { name: 'Open on its own' }).click()
    await page.waitForURL(`**/conversation/${story.subAgent.id}`)
    await watched.expectClean()
    await page.close()
  })

  it('are the other tries of the same request, with what differs', async () => {
    await open(story.second.id)
    await conversation().getByRole('button', { name: '1 retry' }).click()
    const tries = page.getByRole('table', { name: 'The tries of this request' })
    await tries.getByRole('row', { name: /1, open .*error/ }).waitFor()
    await tries.getByRole('row', { name: /Open try 2 .*end_turn .*\$0\.12/ }).waitFor()
    await tries.getByRole('button', { name: 'Open try 2' }).click()
    await page.waitForURL(`**/conversation/${story.retry.id}`)
    await conversation().getByText('this is try 2').waitFor()
    await watched.expectClean()
    await page.close()
    await open(story.first.id)
    await conversation().getByText('Why does it fail?').waitFor()
    expect(await conversation().getByText('retry', { exact: false }).count()).toBe(0)
    await page.close()
  })
})

describe('what a request changed', () => {
  it('is its new messages, not those that were read before, and what else is another', async () => {
    await open(story.third.id)
    await tab('Changes')
    const changes = page.getByRole('region', { name: 'Changes' })
    await changes.getByText('The system prompt was changed.').waitFor()
    await changes.getByText('The first 3 messages stayed as they were.').waitFor()
    await changes.getByText('Please mend it.').waitFor()
    await changes.getByRole('heading', { name: 'The answer to the request before' }).waitFor()
    expect(await changes.getByText('The timer is counted twice.').count()).toBe(0)
    await changes.getByRole('button', { name: 'show it whole' }).click()
    await changes.getByText('The timer is counted twice.').waitFor()
    await changes.getByRole('button', { name: 'The system prompt as it was before' }).click()
    await changes.getByText('Be brief.').waitFor()
    await changes.getByText('Joined because its messages carry on').waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('is told for a start, too: nothing comes before', async () => {
    await open(story.first.id)
    await tab('Changes')
    await page.getByText('Nothing comes before this request').waitFor()
    await page.getByText('Begins here: no earlier request').waitFor()
    await page.close()
  })

  it('names why the cache was missed and what that cost', async () => {
    await open(story.third.id)
    await tab('Cost')
    const miss = () => page.getByRole('region', { name: 'Cache missed' })
    await miss().getByText('The system prompt is not that of before').waitFor()
    await miss()
      .getByText(/tokens paid for again\s*,\s*\$0\.0/)
      .waitFor()
    await page.close()
    await open(story.second.id)
    await tab('Cost')
    await page.locator('tfoot').waitFor()
    expect(await miss().count()).toBe(0)
    await page.close()
  })
})

describe('views that take each other’s place', () => {
  const views = {
    Conversation: () => conversation().getByText('New in this request'),
    Changes: () => page.getByRole('region', { name: 'Changes' }).getByText('The system prompt was changed.'),
    Cost: () => page.getByRole('region', { name: 'Cache missed' }),
    Raw: () => page.getByRole('treeitem').nth(2),
  }
  type View = keyof typeof views
  const walks: View[][] = [
    ['Changes'],
    ['Cost', 'Changes', 'Cost'],
    ['Raw', 'Changes', 'Conversation', 'Changes', 'Raw'],
    ['Changes', 'Cost', 'Raw', 'Conversation'],
    ['Raw', 'Cost', 'Raw', 'Changes'],
  ]

  it.each(walks)('end in what they show, though none waited for its answer: %s', async (...walk) => {
    await open(story.third.id)
    let asked = 0
    let answer = (): void => undefined
    const mayAnswer = new Promise<void>((resolve) => (answer = resolve))
    await page.route(/conversations\/(turn|raw)/, async (route) => {
      asked++
      await mayAnswer
      // One that the page has given up is not there any more.
      await route.continue().catch(() => undefined)
    })
    await page.reload()
    await expect.poll(() => asked).toBeGreaterThan(0)
    for (const name of walk) await page.getByRole('tab', { name }).click()
    const last = walk.at(-1) ?? 'Conversation'
    await page.getByRole('tab', { name: last, selected: true }).waitFor()
    answer()
    await views[last]().waitFor()
    for (const name of Object.keys(views) as View[]) {
      await page.getByRole('tab', { name }).click()
      await views[name]().waitFor()
    }
    await watched.expectClean()
    await page.close()
  })
})

describe('what was read at the request before', () => {
  it('is folded into one line above what is new, and unfolds', async () => {
    await open(story.fourth.id)
    await conversation().getByText('New in this request').waitFor()
    await conversation().getByText('Thanks.', { exact: true }).waitFor()
    // The call was read before, its result was not.
    await conversation().getByText('Now it is right.').waitFor()
    await conversation().getByText('1 tool result, shown with its call above').waitFor()
    expect(await conversation().getByText('Why does it fail?').count()).toBe(0)
    const line = conversation().getByRole('button', { name: '5 earlier messages, read at the request before' })
    await line.click()
    await conversation().getByText('Why does it fail?').waitFor()
    await line.click()
    await conversation().getByText('Why does it fail?').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+f')
    await page.getByRole('searchbox', { name: 'Find in this conversation' }).fill('does it fail')
    await conversation().getByText('Why does it fail?').waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('is nothing for a request that carries nothing on', async () => {
    await open(story.subAgent.id)
    await conversation().getByText('Read the test.').waitFor()
    await conversation().getByRole('button', { name: 'read at the request before' }).waitFor({ state: 'detached' })
    expect(await conversation().getByText('New in this request').count()).toBe(0)
    await page.close()
  })

  it('is read up to where a link leads', async () => {
    watched = await openWatchedPage(browser, `${host.url}/conversation/${story.fourth.id}#message-2`)
    page = watched.page
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await expect.poll(focused).toContain('What is the cause?')
    await page.close()
  })
})

describe('find in the conversation', () => {
  it('counts folded parts, unfolds what hides a match, and marks it', async () => {
    await open(rich.id)
    await conversation().getByText('The build fails since').waitFor()
    await page.keyboard.press('Control+f')
    const field = page.getByRole('searchbox', { name: 'Find in this conversation' })
    await field.fill('first the log')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    await conversation().getByText('First the log, then the test.').waitFor()
    await expect.poll(() => marked('found-current')).toEqual(['First the log'])
    await field.fill('RETRY')
    await page.getByText('1 of 5', { exact: true }).waitFor()
    await conversation().getByText('FAIL retry.test.ts').waitFor()
    await expect.poll(() => marked('found-current')).toEqual(['retry'])
    for (let step = 0; step < 2; step++) await field.press('Enter')
    await page.getByText('3 of 5', { exact: true }).waitFor()
    await expect.poll(() => marked('found-current')).toEqual(['retry'])
    await field.press('Shift+Enter')
    await page.getByText('2 of 5', { exact: true }).waitFor()
    await field.fill('nowhere at all')
    await page.getByText('no match').waitFor()
    await expect.poll(() => marked('found-current')).toEqual([])
    await field.press('Escape')
    await field.waitFor({ state: 'detached' })
    expect(page.url()).toContain(rich.id)
    await watched.expectClean()
    await page.close()
  })

  it('looks into sub-agents, folded ones too, and counts what stands there', async () => {
    await open(story.third.id)
    await conversation().getByRole('button', { name: 'Tool call Task' }).waitFor()
    await page.keyboard.press('Control+f')
    const field = page.getByRole('searchbox', { name: 'Find in this conversation' })
    await field.fill('what is the cause?')
    await page.getByText('1 of 2', { exact: true }).waitFor()
    const isApart = () =>
      page.evaluate(() => {
        const [range] = [...(CSS.highlights.get('found-current') ?? [])] as Range[]
        return Boolean(range?.startContainer.parentElement?.closest('[data-apart]'))
      })
    await expect.poll(() => marked('found-current')).toEqual(['What is the cause?'])
    expect(await isApart()).toBe(false)
    await field.press('Enter')
    await page.getByText('2 of 2', { exact: true }).waitFor()
    await expect.poll(isApart).toBe(true)
    expect(await marked('found-current')).toEqual(['What is the cause?'])
    await expect.poll(() => marked('found')).toEqual(['What is the cause?', 'What is the cause?'])
    // What is folded again is still looked into.
    await field.press('Escape')
    await conversation().getByRole('button', { name: 'Tool call Task' }).click()
    await page.keyboard.press('Control+f')
    await field.fill('the timer is counted twice')
    await page.getByText('1 of 2', { exact: true }).waitFor()
    await watched.expectClean()
    await page.close()
  })

  it('brings a match into view that is far down in a long conversation', async () => {
    await open(large.id)
    await conversation().getByText('The quick brown fox').first().waitFor()
    await page.getByRole('button', { name: 'Find in this conversation' }).click()
    await page.getByRole('searchbox').fill('Turn 1777.')
    await page.getByText('1 of 1', { exact: true }).waitFor()
    await expect.poll(() => marked('found-current')).toEqual(['Turn 1777.'])
    const isInView = () =>
      page.evaluate(() => {
        const [range] = [...(CSS.highlights.get('found-current') ?? [])] as Range[]
        const top = range?.getBoundingClientRect().top ?? -1
        return top > 100 && top < innerHeight
      })
    await expect.poll(isInView).toBe(true)
    await page.getByRole('tab', { name: 'Cost' }).click()
    await page.keyboard.press('Control+f')
    await page.getByRole('searchbox', { name: 'Find in this conversation' }).waitFor()
    await watched.expectClean()
    await page.close()
  })
})

describe('the list of requests', () => {
  it('says which turn of its conversation a request is', async () => {
    watched = await openWatchedPage(browser, `${host.url}/conversations`)
    page = watched.page
    await page
      .getByRole('row', { name: /Thanks\./ })
      .getByText('turn 4')
      .waitFor()
    expect(await page.getByRole('row', { name: /rich/ }).getByText('turn').count()).toBe(0)
    await page.close()
  })
})

it.each(['light', 'dark'] as const)('has no accessibility fault that axe knows, %s', async (colorScheme) => {
  await open(story.third.id, { colorScheme, width: colorScheme === 'dark' ? 900 : 1280, height: 800 })
  const faults = async () => {
    await page.waitForTimeout(200)
    const result = await page.evaluate(async () =>
      (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }),
    )
    return result.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`)
  }
  await page.evaluate(axe.source)
  await page.keyboard.press('o')
  await outline().getByRole('button', { name: '1 sub-agent' }).click()
  await page.keyboard.press('m')
  await page.getByRole('listbox', { name: 'Map of this conversation' }).waitFor()
  expect(await faults()).toEqual([])
  await tab('Changes')
  await page.getByRole('region', { name: 'Changes' }).waitFor()
  expect(await faults()).toEqual([])
  await tab('Cost')
  await page.getByRole('region', { name: 'Cache missed' }).waitFor()
  expect(await faults()).toEqual([])
  await page.keyboard.press('Control+f')
  await page.getByRole('searchbox', { name: 'Find in this conversation' }).fill('fail')
  expect(await faults()).toEqual([])
  await page.close()
})
