import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type AxeCore from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src-main/core/failure'
import { launchChromium } from '../fakes/chromium'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { openPageHost, type PageHost } from '../renderer-conversation/page-host'
import { FixtureApp } from './fixture-app'

/** The built renderer in Chromium over HTTP, with the product's own headers and an app in memory behind it. */
let host: PageHost
let browser: Browser
let app: FixtureApp
let watched: WatchedPage | undefined

beforeAll(async () => {
  host = await openPageHost(() => app.api)
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await host?.close()
})

beforeEach(async () => {
  await watched?.page.close()
  app = new FixtureApp()
})

async function open(address = '/', options: Parameters<typeof openWatchedPage>[2] = {}): Promise<Page> {
  watched = await openWatchedPage(browser, host.url + address, options)
  return watched.page
}

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

describe('the overview', () => {
  test('shows the figures, their exact values and their change', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    await card(page, 'Tokens').getByTitle('264,000 tokens').waitFor()
    await card(page, 'Estimated cost').getByTitle('$2.400000').waitFor()
    await card(page, 'Estimated cost').getByText('3 unpriced').waitFor()
    await card(page, 'Requests').getByText('100%').waitFor()
    await watched!.expectClean()
  })

  test('does not compare with a window that the copy does not hold', async () => {
    const { sync } = app.workspace
    app.workspace.sync = { ...sync!, syncedFrom: new Date(Date.now() - 30 * 3_600_000).toISOString() }
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    expect(await card(page, 'Requests').getByText('100%').count()).toBe(0)
  })

  test('a change of the data arrives without a reload and is marked', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    app.requests = 241
    app.tell({ type: 'data', asOf: new Date().toISOString(), newIds: [], changedRows: 1 })
    // The class stays; what it draws is over after a second.
    await card(page, 'Requests').getByTitle('241 requests').and(page.locator('.tint')).waitFor()
  })

  test('a click on a bar opens the requests of its hour', async () => {
    const page = await open('/?domain=acme.com')
    const chart = page.getByRole('application', { name: /Timeline of requests/ })
    await chart.locator('canvas').waitFor()
    const box = (await chart.boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 3)
    await page.waitForURL(/\/conversations\?/)
    const query = new URL(page.url()).searchParams
    expect(query.get('domain')).toBe('acme.com')
    expect(Date.parse(query.get('to')!) - Date.parse(query.get('from')!)).toBe(3_600_000)
  })

  test('the bars can be walked and opened with the keyboard', async () => {
    const page = await open()
    const chart = page.getByRole('application', { name: /Timeline of requests/ })
    await chart.locator('canvas').waitFor()
    await chart.focus()
    await page.keyboard.press('Home')
    await chart.getByText(/\d+ requests, 2 failed/).waitFor({ state: 'attached' })
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/conversations\?.*from=/)
  })

  test('stacking and counting are asked for and remembered', async () => {
    const page = await open()
    await page
      .getByRole('radio', { name: 'Cost' })
      .or(page.getByRole('button', { name: 'Cost' }))
      .first()
      .click()
    await page.getByRole('combobox', { name: /Stack/ }).click()
    await page.getByRole('option', { name: 'By domain' }).click()
    await expect.poll(() => app.asked.at(-1)?.by).toBe('domain')
    await page.reload()
    await page.getByRole('application', { name: /Timeline of cost/ }).waitFor()
    await expect.poll(() => app.asked.at(-1)?.by).toBe('domain')
    await watched!.expectClean()
  })

  test('a model narrows all figures, stands in the address and can be taken away', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'haiku-4-5', exact: true }).click()
    await expect.poll(() => app.asked.at(-1)?.model).toBe('claude-haiku-4-5-20251001')
    expect(new URL(page.url()).searchParams.get('model')).toBe('claude-haiku-4-5-20251001')
    await page.getByRole('button', { name: 'Remove filter Model: haiku-4-5' }).click()
    await page.waitForURL((url) => !url.searchParams.has('model'))
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
  })

  test('rows without a domain can be asked for', async () => {
    const page = await open()
    await page.getByRole('link', { name: 'no domain', exact: true }).click()
    await expect.poll(() => app.asked.at(-1)?.domain).toBe('')
  })

  test('says why it is empty and offers a wider window', async () => {
    app.requests = 0
    const page = await open('/?window=1h')
    await page.getByText('The proxy recorded no requests in the last hour.').waitFor()
    await page.getByRole('button', { name: 'Last 24 hours' }).click()
    await expect.poll(() => app.asked.at(-1)?.hours).toBe(24)
  })

  test('says what failed and tries again', async () => {
    app.overviewFailure = new Failure('replica-failed')
    const page = await open()
    await page.getByRole('alert').getByText('The local copy could not be read or written.').waitFor()
    app.overviewFailure = null
    await page.getByRole('button', { name: 'Try again' }).click()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
  })

  test('keeps its figures and says so when they could not be read again', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    app.overviewFailure = new Failure('replica-failed')
    app.tell({ type: 'data', asOf: new Date().toISOString(), newIds: [], changedRows: 1 })
    await page.getByRole('status').getByText('The local copy could not be read or written.').waitFor()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    app.overviewFailure = null
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => page.getByText('The local copy could not be read or written.').count()).toBe(0)
  })

  test('marks what the copy does not reach yet', async () => {
    const syncedFrom = '2026-03-03T12:00:00.000Z'
    app.workspace.sync = { ...app.workspace.sync!, phase: 'backfill', progress: 0.64, syncedFrom }
    app.missing = [{ from: '2026-03-03T00:00:00.000Z', to: syncedFrom }]
    const page = await open('/?from=2026-03-03T00:00:00Z&to=2026-03-04T00:00:00Z')
    await page.getByText('synced back to 3 March 2026, 64%').waitFor()
    await page.getByRole('button', { name: /Catching up 64%/ }).waitFor()
    await page
      .getByRole('row', { name: /not all of it is here/ })
      .nth(11)
      .waitFor({ state: 'attached' })
    expect(await page.getByRole('row', { name: /not all of it is here/ }).count()).toBe(12)

    // The database went away for two hours in the middle and is followed again.
    app.missing = [{ from: '2026-03-03T14:00:00.000Z', to: '2026-03-03T16:00:00.000Z' }]
    app.changeWorkspace({ sync: { ...app.workspace.sync!, phase: 'following', progress: 1 } })
    app.tell({ type: 'data', asOf: new Date().toISOString(), newIds: [], changedRows: 1 })
    await page.getByText('2 h 00 min of this window are not in the local copy').waitFor()
  })
})

describe('the frame', () => {
  test('keeps the figures and says why they are old when the database is away', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    const failure = new Failure('database-unreachable').toShape()
    app.changeWorkspace({ source: { ...app.workspace.source!, state: 'unreachable', failure } })
    await page.getByText(/The database cannot be reached\. Figures are as of/).waitFor()
    await page.getByRole('button', { name: /State of the data: Offline/ }).waitFor()
    expect(await card(page, 'Requests').getByTitle('240 requests').count()).toBe(1)
  })

  test('takes up its line to the host again and reads what it missed', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    app.hangUp()
    await page.getByRole('button', { name: /State of the data: No answer/ }).waitFor()
    app.requests = 300
    app.isAnswering = true
    await card(page, 'Requests').getByTitle('300 requests').waitFor()
    await page.getByRole('button', { name: /State of the data: Live/ }).waitFor()
  })

  test('shows no figure of one connection for another', async () => {
    app.connections = [
      {
        id: 'second',
        name: 'second',
        colour: 'red',
        databaseUrl: 'postgresql://db/second',
        dashboardUrl: null,
        hasPassword: false,
        hasApiKey: false,
      },
    ]
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    await page.getByRole('button', { name: /Connection: first/ }).click()
    await page.getByRole('menuitem', { name: 'second' }).click()
    await page.getByRole('button', { name: /Connection: second/ }).waitFor()
    await card(page, 'Requests').getByTitle('7 requests').waitFor()
    expect(await card(page, 'Requests').getByTitle('240 requests').count()).toBe(0)
  })

  test('is walked with the keyboard, and a key typed into a field is text', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('region', { name: 'Appearance' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await card(page, 'Requests').waitFor()
    await page.keyboard.press('d')
    await page.getByRole('combobox', { name: 'Search: Domain' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('globex')
    await page
      .getByRole('option', { name: /^globex/ })
      .and(page.locator('[data-highlighted]'))
      .waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => app.asked.at(-1)?.domain).toBe('globex.io')
    await page.keyboard.press('t')
    await page.getByRole('option', { name: 'Last 7 days' }).click()
    await expect.poll(() => app.asked.at(-1)?.hours).toBe(168)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await watched!.expectClean()
  })

  test('looks at once when the network of the machine comes back, and goes on with a line that lives', async () => {
    const page = await open()
    await card(page, 'Requests').getByTitle('240 requests').waitFor()
    await page.context().setOffline(true)
    expect(await page.evaluate(() => navigator.onLine)).toBe(false)
    await page.context().setOffline(false)
    await expect.poll(() => app.looks).toBe(1)
    app.requests = 241
    await expect
      .poll(async () => {
        app.tell({ type: 'data', asOf: new Date().toISOString(), newIds: [], changedRows: 1 })
        return card(page, 'Requests').getByTitle('241 requests').count()
      })
      .toBe(1)
  })

  test('carries domain and window from screen to screen', async () => {
    const page = await open('/?domain=acme.com&window=7d')
    await page.getByRole('link', { name: 'Conversations', exact: true }).click()
    await page.waitForURL(/\/conversations\?domain=acme\.com&window=7d/)
  })

  test('takes a theme back that the host could not keep', async () => {
    app.settingsFailure = new Failure('settings-damaged')
    const page = await open('/settings')
    await page
      .getByRole('radio', { name: 'Dark' })
      .or(page.getByRole('button', { name: 'Dark' }))
      .first()
      .click()
    await page.getByText('The settings file could not be read.').first().waitFor()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('system')
  })
})

describe('settings', () => {
  test('what is being typed stays while another setting is changed', async () => {
    const page = await open('/settings')
    await page.getByRole('spinbutton', { name: 'Newest requests' }).fill('5')
    await page
      .getByRole('radio', { name: 'Dark' })
      .or(page.getByRole('button', { name: 'Dark' }))
      .first()
      .click()
    await expect.poll(() => app.settings.theme).toBe('dark')
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await page.getByRole('spinbutton', { name: 'Newest requests' }).inputValue()).toBe('5')
  })

  test('the time zone is searched by city, and figures are asked for in it', async () => {
    const page = await open('/settings')
    await page.getByRole('button', { name: /Time zone:/ }).click()
    await page
      .getByRole('combobox', { name: /^Search: Time zone/ })
      .and(page.locator(':focus'))
      .waitFor()
    await page.keyboard.type('kolkata')
    await page
      .getByRole('option', { name: /Kolkata|Calcutta/ })
      .and(page.locator('[data-highlighted]'))
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByText(/There it is \d\d:\d\d GMT\+5:30/).waitFor()
    await page.getByRole('link', { name: 'Overview', exact: true }).click()
    await expect.poll(() => app.asked.at(-1)?.tz).toMatch(/Asia\/(Kolkata|Calcutta)/)
    await watched!.expectClean()
  })

  test('days to keep are saved when they are a whole number in range', async () => {
    const page = await open('/settings')
    const field = page.getByLabel('Days to keep')
    await field.fill('0')
    await page.getByText('A whole number, 1 to 3650.').waitFor()
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await field.fill('30')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => app.settings.retentionDays).toBe(30)
  })
})

describe('connecting', () => {
  beforeEach(() => {
    app.connections = [
      {
        id: 'c1',
        name: 'staging',
        colour: 'teal',
        databaseUrl: 'postgresql://reader@db.example/claude',
        dashboardUrl: null,
        hasPassword: true,
        hasApiKey: true,
      },
    ]
  })

  test('the first run leads there and offers the sample', async () => {
    app.workspace = { ...app.workspace, kind: 'none', id: null, source: null, sync: null, feed: null }
    app.connections = []
    const page = await open('/')
    await page.waitForURL(/\/connect$/)
    await page.getByRole('button', { name: 'Open the sample workspace' }).click()
    await card(page, 'Requests').getByTitle('7 requests').waitFor()
  })

  test('a test tells how each step ended and what to do', async () => {
    const page = await open('/connect')
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('Give the connection a name.').waitFor()
    await page.getByLabel('Name').fill('Production')
    await page.getByLabel('Database URL').fill('postgresql://nowhere.example/db')
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await page.getByText('This connection does not work yet.').waitFor()
    await page.getByText('Check the host for a typing error, and that your VPN is on.').waitFor()
    expect(await page.getByRole('list').getByText('Table').count()).toBe(1)
  })

  test('what could not be saved is said and stays in the form', async () => {
    const page = await open('/connect')
    await page.getByLabel('Name').fill('Production')
    await page.getByLabel('Database URL').fill('postgresql://db.example/db')
    await page.getByRole('button', { name: 'Save & open' }).click()
    await page.getByRole('alert').getByText('The database refused the user name or password.').waitFor()
    expect(await page.getByLabel('Database URL').inputValue()).toBe('postgresql://db.example/db')
  })

  test('says that secrets last for the session where there is no keychain', async () => {
    const page = await open('/connect')
    await page.getByText(/for this session only.*This machine has no keychain\./).waitFor()
  })

  test('a removal can be undone, and until then the host keeps the secrets', async () => {
    const page = await open('/connect')
    await page.getByRole('button', { name: 'Remove staging' }).click()
    await expect.poll(() => page.getByRole('button', { name: 'Edit staging' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await page.getByRole('button', { name: 'Edit staging' }).waitFor()
    expect(app.removed).toEqual([])
  })

  test('a host with one database says what rules it', async () => {
    app.canManageConnections = false
    const page = await open('/connect')
    await page.getByText(/DATABASE_URL names when it starts/).waitFor()
  })
})

describe('diagnostics', () => {
  test('are reached from the state of the data, say what to do, and are copied with what the page itself knows', async () => {
    const page = await open()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: /State of the data/ }).click()
    await page.getByRole('link', { name: 'Diagnostics' }).click()
    await page.getByText('1 part failed.').waitFor()
    await page.getByText('This page: works').waitFor()
    await page.getByText('Enter the key again.').waitFor()
    await page.getByText('CREATE INDEX CONCURRENTLY ON').waitFor()
    await page.getByRole('button', { name: 'Copy report' }).click()
    await page.getByText('Report copied', { exact: true }).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied).toMatch(/^the report of the host\n\[passed\] page: /)

    app.diagnostics = { ...app.diagnostics, checks: app.diagnostics.checks.slice(0, 1) }
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Everything works.').waitFor()
    await watched!.expectClean()
  })
})

describe('being a guest of the database', () => {
  test('reading is paused and resumed, and the banner says which', async () => {
    const page = await open()
    await page.getByRole('button', { name: /State of the data/ }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText(/^Reading from the database is paused\. Figures are as of/).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'State of the data: Paused' }).waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText(/^Reading from the database is paused/).waitFor({ state: 'detached' })
    await watched!.expectClean()
  })

  test('a notice about the local copy stays until it is read', async () => {
    const { sync } = app.workspace
    const notice = { kind: 'moved' as const, at: '2026-11-24T10:00:00.000Z', message: 'The database was moved.' }
    app.workspace.sync = { ...sync!, notice }
    const page = await open()
    await page.getByText('The database was moved.').waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByText('The database was moved.').waitFor({ state: 'detached' })
    app.changeWorkspace({ sync: { ...sync!, notice: { ...notice, at: '2026-11-24T10:05:00.000Z' } } })
    await page.getByText('The database was moved.').waitFor()
  })

  test('what was asked is listed with times, rows and cost, and advice has SQL to copy', async () => {
    const page = await open('/diagnostics')
    await page.getByRole('link', { name: 'What we asked' }).click()
    const row = page.getByRole('row', { name: /Rows of a stretch of time/ })
    for (const text of ['120', '1 failed', '90,210', '5.4 s', '45 ms', '810 ms']) await row.getByText(text).waitFor()
    await page.getByText(/2,136 hours compared, 3 differed and were read again/).waitFor()
    await page.getByText(/2 open for questions now, never more than 4/).waitFor()
    await page.getByText('CREATE INDEX CONCURRENTLY ON').waitFor()
    await watched!.expectClean()
  })
})

describe.each(['light', 'dark'] as const)('with axe, %s', (colorScheme) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

  test.each([
    ['overview', '/'],
    ['connect', '/connect'],
    ['settings', '/settings'],
    ['diagnostics', '/diagnostics'],
    ['what was asked', '/asked'],
  ])('%s has no accessibility fault', async (_name, address) => {
    const page = await open(address, { colorScheme })
    await page.getByRole('main').locator('section').first().waitFor()
    if (address === '/') await page.locator('canvas').nth(1).waitFor()
    await page.evaluate(axe)
    const faults = await page.evaluate(async () => {
      const { axe: runner } = window as unknown as { axe: typeof AxeCore }
      const { violations } = await runner.run(document)
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    })
    expect(faults).toEqual([])
    await watched!.expectClean()
  })
})
