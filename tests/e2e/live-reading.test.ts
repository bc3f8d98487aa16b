import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { briefTable } from '../fakes/brief-table'
import { launchChromium } from '../fakes/chromium'
import { patienceMs } from '../fakes/patience'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { startWebHost, type RunningHost } from './start-web-host'

/* A conversation that goes on while it is read: rows are written to PostgreSQL, and the built host shows them. */

const key = 'reading-live'

let postgres: TestPostgres
let databaseUrl: string
let host: RunningHost
let browser: Browser

beforeAll(async () => {
  postgres = await startTestPostgres()
  const trigger = readFileSync(resolve('resources/sql/notify-trigger.sql'), 'utf8')
  databaseUrl = await postgres.createDatabase('reading', briefTable + trigger)
  host = await startWebHost({ DATABASE_URL: databaseUrl, DASHBOARD_API_KEY: key })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await host?.stop()
  await postgres?.stop()
})

interface Said {
  role: 'user' | 'assistant'
  content: string
}

/** Lines that differ, so that each can be found again, and that fill some of a screen. */
function words(name: string, lines: number): string {
  return Array.from({ length: lines }, (_, line) => `${name}, line ${line}: the parcel is on its way again.`).join(
    '\n\n',
  )
}

function said(turns: number): Said[] {
  return Array.from({ length: turns * 2 - 1 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: words(`Message ${index}`, 1 + ((index * 7) % 12)),
  }))
}

const answerOf = (turn: number) => words(`Message ${turn * 2 - 1}`, 1 + (((turn * 2 - 1) * 7) % 12))

/** Writes one turn, answered or still running. */
async function write(turn: number, answer: string | null, topic = ''): Promise<string> {
  const id = randomUUID()
  const messages = said(turn)
  messages[0]!.content = `${topic}${messages[0]!.content}`
  await runSql(
    databaseUrl,
    `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_time_ms)
     VALUES ($1, clock_timestamp(), 'acme.com', 'claude-sonnet-4-5-20250929', 1000, 100, $2, 900)`,
    [id, JSON.stringify({ model: 'claude-sonnet-4-5-20250929', max_tokens: 100, messages })],
  )
  if (answer !== null) await answered(id, answer)
  return id
}

async function answered(id: string, answer: string): Promise<void> {
  const body = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: answer }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1000, output_tokens: 100 },
  }
  await runSql(databaseUrl, 'UPDATE requests SET response_body = $2 WHERE request_id = $1', [id, JSON.stringify(body)])
}

async function open(id: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'x-dashboard-key': key },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  await page.goto(`${host.origin}/dashboard/conversation/${id}`)
  await conversation(page)
    .getByText(/^Message \d+, line 0/)
    .first()
    .waitFor()
  return page
}

const conversation = (page: Page) => page.getByRole('region', { name: 'Conversation', exact: true })

interface Watched {
  text: string
  /** How far the line was from where it was at first, in each frame. */
  farthestPx: number
  frames: number
}

/** Watches in every frame where the line stands that is read: the first one of the view. */
async function watchLine(page: Page): Promise<{ text: string; end: () => Promise<Watched> }> {
  const text = await conversation(page).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect()
    const lines = [...scroller.querySelectorAll('p')].filter((line) => /line \d+:/.test(line.textContent))
    const line = lines.find((each) => each.getBoundingClientRect().top > top)
    if (!line) throw new Error('There is no line to read.')
    const words = line.textContent
    const find = () => [...scroller.querySelectorAll('p')].find((each) => each.textContent === words)
    const firstTop = line.getBoundingClientRect().top
    const watched = { text: words, farthestPx: 0, frames: 0, isOver: false }
    Object.assign(window, { watched })
    const look = (): void => {
      const now = find()?.getBoundingClientRect().top ?? Infinity
      watched.farthestPx = Math.max(watched.farthestPx, Math.abs(now - firstTop))
      watched.frames++
      if (!watched.isOver) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    return words
  })
  return {
    text,
    end: () =>
      page.evaluate(() => {
        const { watched } = window as unknown as { watched: Watched & { isOver: boolean } }
        watched.isOver = true
        return watched
      }),
  }
}

/** Until nothing moves by itself any more: what was scrolled to is measured when it is drawn. */
async function scrollTo(page: Page, share: number): Promise<void> {
  let former = ''
  await expect
    .poll(
      async () => {
        const now = await conversation(page).evaluate((element, wanted) => {
          if (Math.abs(element.scrollTop / (element.scrollHeight - element.clientHeight) - wanted) > 0.1)
            element.scrollTop = (element.scrollHeight - element.clientHeight) * wanted
          return `${element.scrollTop} ${element.scrollHeight}`
        }, share)
        const isStill = now === former
        former = now
        return isStill
      },
      { interval: 250 },
    )
    .toBe(true)
}

test('what is read in the middle stays where it is while turns arrive, are answered and tried again', async () => {
  const first = await write(40, answerOf(40))
  const page = await open(first)
  await scrollTo(page, 0.5)
  const line = await watchLine(page)
  await write(41, answerOf(41))
  const running = await write(42, null)
  await page.getByRole('button', { name: '2 new requests' }).waitFor()
  await answered(running, answerOf(42))
  const retry = await write(40, 'Another answer, line 0: it is lost.')
  await page.getByRole('button', { name: '3 new requests' }).waitFor()
  await conversation(page).evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  const { farthestPx, frames } = await line.end()
  expect(line.text).toMatch(/^Message \d+, line/)
  expect(frames).toBeGreaterThan(10)
  expect(farthestPx).toBeLessThanOrEqual(1)
  // One goes on when one wants to, to the newest on the line that was read.
  await page.getByRole('button', { name: '3 new requests' }).click()
  await page.waitForURL((url) => url.pathname.endsWith(running) || url.pathname.endsWith(retry))
  expect(page.url()).toContain(running)
  await conversation(page).getByText('Message 82, line 0').waitFor()
  expect(await page.getByRole('button', { name: 'new request' }).count()).toBe(0)
  await page.context().close()
})

test('what is read in an answer stays where it is when the tries of it come to stand above', async () => {
  const first = await write(3, words('Answer', 60), 'Of something else. ')
  const page = await open(first)
  await scrollTo(page, 1)
  const line = await watchLine(page)
  expect(line.text).toContain('Answer, line')
  await write(3, 'Another answer, line 0: it is lost.', 'Of something else. ')
  await page.getByRole('button', { name: '1 new request', exact: true }).waitFor()
  await page.getByRole('button', { name: '1 retry' }).waitFor({ state: 'attached' })
  await conversation(page).evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
  const { farthestPx } = await line.end()
  expect(farthestPx).toBeLessThanOrEqual(1)
  await page.context().close()
})

test('at the end, an answer that arrives takes the place of the word that it is awaited', async () => {
  const first = await write(4, null, 'Of a third thing. ')
  const page = await open(first)
  await scrollTo(page, 1)
  await conversation(page).getByText('Still running, or never answered').waitFor()
  const line = await watchLine(page)
  await answered(first, words('Answer', 30))
  await conversation(page).getByText('Answer, line 0').waitFor()
  const { farthestPx } = await line.end()
  expect(farthestPx).toBeLessThanOrEqual(1)
  await page.context().close()
})
