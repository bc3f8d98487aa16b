import { randomUUID } from 'node:crypto'
import axe from 'axe-core'
import { Client } from 'pg'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { patienceMs } from '../fakes/patience'
import { startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { seedSql } from './seed'
import { startWebHost, type RunningHost } from './start-web-host'

const key = 'correct-horse-battery'

let postgres: TestPostgres
let databaseUrl: string
let host: RunningHost
let browser: Browser
let context: BrowserContext
let page: Page

/** What no page may ever do, gathered over the whole suite. */
const violations: string[] = []
const outside: string[] = []
const pageErrors: string[] = []

beforeAll(async () => {
  postgres = await startTestPostgres()
  databaseUrl = await postgres.createDatabase('browser', seedSql)
  host = await startWebHost({ DATABASE_URL: databaseUrl, DASHBOARD_API_KEY: key })
  browser = await launchChromium()
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'UTC' })
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== host.origin) outside.push(request.url())
  })
  await context.exposeFunction('reportViolation', (text: string) => violations.push(text))
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportViolation(text: string): void }).reportViolation
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
    })
  })
  page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  page.on('pageerror', (error) => pageErrors.push(String(error)))
})

afterAll(async () => {
  await browser?.close()
  await host?.stop()
  await postgres?.stop()
})

async function sql<T>(text: string): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(text)).rows as T[]
  } finally {
    await client.end()
  }
}

const card = (name: string) => page.locator(`section[aria-label="${name}"]`)

/** How many different colours the drawing has: an empty canvas has one. */
async function coloursOf(selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      const colours = new Set<number>()
      for (let i = 0; i < data.length; i += 4) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!)
      return colours.size
    })
}

describe('signing in', () => {
  test('without a session every page leads to the login', async () => {
    await page.goto(`${host.origin}/dashboard/conversations`)
    expect(new URL(page.url()).pathname).toBe('/dashboard/login')
  })

  test('a wrong key is refused with a sentence', async () => {
    await page.getByLabel('Dashboard API key').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/not the key/)
  })

  test('the right key opens the page that was asked for', async () => {
    await page.getByLabel('Dashboard API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/dashboard\/conversations$/)
    await page.getByRole('link', { name: 'Overview' }).click()
    await card('Requests').waitFor()
  })
})

interface WindowFigures {
  requests: string
  tokens: string
  domains: string
  errors: string
}

const figuresSql = (where = 'true'): string => `
  SELECT count(*) AS requests,
         sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) AS tokens,
         count(DISTINCT domain) AS domains,
         count(*) FILTER (WHERE response_body->>'type' = 'error') AS errors
  FROM requests WHERE timestamp >= now() - interval '24 hours' AND ${where}`

/** The page and SQL agree; asked again while a row may be crossing the edge of the window. */
async function expectFiguresEqualSql(where?: string): Promise<void> {
  await expect
    .poll(async () => {
      const [row] = await sql<WindowFigures>(figuresSql(where))
      const shown = {
        requests: await card('Requests').locator('[title]').first().getAttribute('title'),
        tokens: await card('Tokens').locator('[title]').first().getAttribute('title'),
        errors: /(\d+) failed|none failed/.exec((await card('Requests').textContent()) ?? '')?.[1] ?? '0',
        domains: await card('Active domains').locator('[title]').first().getAttribute('title'),
      }
      const digits = (text: string | null): string => (text ?? '').replaceAll(/\D/g, '')
      return Object.entries(shown).filter(([name, text]) => digits(text) !== row![name as keyof WindowFigures])
    })
    .toEqual([])
}

describe('the overview', () => {
  test('its figures equal what SQL says', () => expectFiguresEqualSql())

  test('its charts are drawn', async () => {
    await page.locator('canvas').first().waitFor()
    await expect.poll(() => page.locator('canvas').count()).toBeGreaterThanOrEqual(2)
    await expect.poll(() => coloursOf('canvas >> nth=0')).toBeGreaterThan(3)
    await expect.poll(() => coloursOf('canvas >> nth=1')).toBeGreaterThan(3)
  })

  test('hovering a chart and opening every popup breaks no rule of the content policy', async () => {
    await page.locator('canvas').first().hover()
    await page.getByRole('combobox', { name: 'Time range' }).or(page.getByLabel('Time range')).first().click()
    await page.getByRole('option', { name: 'Last 7 days' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('option', { name: 'Last 7 days' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /State of the data/ }).click()
    await page.getByRole('link', { name: 'Diagnostics' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Diagnostics' }).waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    expect(violations).toEqual([])
  })

  test('one domain by its address gives the figures of that domain', async () => {
    await page.goto(`${host.origin}/dashboard/?domain=globex.io`)
    await card('Requests').waitFor()
    await expectFiguresEqualSql(`domain = 'globex.io'`)
  })
})

describe('conversations', () => {
  test('the list shows what the user said, newest first, and a row opens', async () => {
    await page.goto(`${host.origin}/dashboard/conversations`)
    await page.getByText('Question number 1 about the parcel').waitFor()
    await expect
      .poll(async () => {
        const [row] = await sql<{ count: string }>(
          `SELECT count(*) FROM requests WHERE timestamp >= now() - interval '24 hours'`,
        )
        return page.getByText(`${row!.count} requests`).count()
      })
      .toBeGreaterThan(0)
    await page.getByText('Question number 1 about the parcel').first().click()
    await page.waitForURL(/\/conversation\/[0-9a-f-]{36}/)
    const reader = page.locator('section[aria-label="Request"]')
    await reader.getByText('it is on its way').waitFor()
    expect(await reader.locator('strong', { hasText: 'it is on its way' }).count()).toBe(1)
  })

  test('its cost adds up and its raw text is the stored one', async () => {
    const reader = page.locator('section[aria-label="Request"]')
    await reader.getByRole('tab', { name: 'Cost' }).click()
    await reader.locator('tfoot td').waitFor()
    const dollars = (text: string | null): number => Number((text ?? '').replace('$', ''))
    const parts = (await reader.locator('tbody td:last-child').allTextContents()).map(dollars)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.reduce((sum, part) => sum + part)).toBeCloseTo(
      dollars(await reader.locator('tfoot td').textContent()),
      6,
    )
    await reader.getByRole('tab', { name: 'Raw' }).click()
    await reader.getByText('max_tokens').first().waitFor()
  })

  test('words of texts that are not here are looked for in the database, once one wants it', async () => {
    const q = encodeURIComponent('"answer number 77"')
    await page.goto(`${host.origin}/dashboard/conversations?window=7d&q=${q}`)
    await page.getByText('No request fits these filters').waitFor()
    await page.getByRole('button', { name: 'Search the database too…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Search the database too' })
    await dialog.getByText('No index helps').waitFor()
    expect(await dialog.textContent()).toMatch(/look through 5\d\d requests, about [\d.,]+ [kM]B/)
    await dialog.getByRole('button', { name: 'Search', exact: true }).click()
    await page.getByText(/The database was searched to the end: 5\d\d requests/).waitFor()
    const rows = page.getByRole('grid', { name: 'Requests' }).locator('[data-index]')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(1)
    await rows.first().click()
    await page.getByText('Answer number 77').first().waitFor()
    const [asked] = await sql<{ id: string }>(`SELECT md5('request77')::uuid AS id`)
    expect(page.url()).toContain(asked!.id)
  })

  test('an id that nobody knows is a page that says so, with status 404', async () => {
    const answer = await page.goto(`${host.origin}/dashboard/conversation/${randomUUID()}`)
    expect(answer!.status()).toBe(404)
  })
})

describe('the REST routes of the built host', () => {
  const api = () => `${host.origin}/dashboard/api`
  const asPage = { Accept: 'text/html,application/xhtml+xml' }

  test('each one that is documented answers with JSON, whoever asks', async () => {
    const [row] = await sql<{ id: string }>('SELECT request_id AS id FROM requests LIMIT 1')
    const document = (await (await context.request.get(`${api()}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>
    }
    const paths = Object.keys(document.paths)
    expect(paths).toEqual(expect.arrayContaining(['/stats', '/trends', '/conversations', '/conversations/{id}']))
    const wrong: unknown[] = []
    for (const path of paths.filter((each) => each !== '/export')) {
      for (const headers of [{ Accept: '*/*' }, { Accept: 'application/json' }, asPage]) {
        // A list is a part of a page for who asks for one, as the brief wants it.
        if (path === '/conversations' && headers.Accept !== 'application/json') continue
        const response = await context.request.get(`${api()}${path.replace('{id}', row!.id)}`, { headers })
        const type = response.headers()['content-type'] ?? ''
        if (response.status() !== 200 || !type.startsWith('application/json')) {
          wrong.push([path, headers.Accept, response.status(), type])
        } else expect(await response.json()).toBeTypeOf('object')
      }
    }
    expect(wrong).toEqual([])
  })

  test('an export is the file that was asked for, and an address that is none is not found, in JSON', async () => {
    const csv = await context.request.get(`${api()}/export?format=csv&hours=720`, { headers: asPage })
    expect(csv.headers()['content-type']).toBe('text/csv; charset=utf-8')
    expect((await csv.text()).split('\r\n')[0]).toMatch(/^id,timestamp,domain,/)
    const columns = await context.request.get(`${api()}/export?format=jsonl&hours=720&columns=domain,id&redact=1`)
    expect(Object.keys(JSON.parse((await columns.text()).split('\n')[0]!) as object)).toEqual(['domain', 'id'])
    for (const path of ['nothing', 'trends/nothing', 'export/x', 'conversations/x/y', '']) {
      const response = await context.request.get(`${api()}/${path}`, { headers: asPage })
      expect([path, response.status()]).toEqual([path, 404])
      expect(response.headers()['content-type']).toMatch(/^application\/json/)
      expect(await response.json()).toMatchObject({ error: { code: 'not-found' } })
    }
  })
})

test('a row that is written now appears by itself on the overview and in the list', async () => {
  await page.goto(`${host.origin}/dashboard/`)
  await card('Requests').waitFor()
  await sql(`
    INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body)
    VALUES ('${randomUUID()}', now(), 'newcomer.example', 'claude-opus-4-1', 10, 20,
      '{"messages":[{"role":"user","content":"Hello from the live test"}]}',
      '{"type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}],"usage":{"input_tokens":10,"output_tokens":20}}')`)
  await page.getByText('Hello from the live test').first().waitFor()
  await expectFiguresEqualSql()
})

/** The newest row of the seed. */
const newestId = '5788896d-4090-1871-c529-d1a8ca3f043d'

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  test.each(['', 'conversations', 'settings', 'connect', `conversation/${newestId}`])(
    'axe finds nothing serious on /%s',
    async (path) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.goto(`${host.origin}/dashboard/${path}`)
      await page.locator('main').waitFor()
      await page.waitForLoadState('load')
      await page.waitForTimeout(600)
      // The content policy keeps scripts out of the page, so axe goes in through the debugger.
      await page.evaluate(axe.source)
      const { violations: found } = await page.evaluate(() =>
        (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
      )
      const serious = found.filter((each) => each.impact === 'serious' || each.impact === 'critical')
      expect(serious.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 160))])).toEqual([])
    },
  )
})

test('over all of it: no breach of the content policy, no request to another host, no error in the page', () => {
  expect({ violations, outside, pageErrors }).toEqual({ violations: [], outside: [], pageErrors: [] })
})
