import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Health } from '../../src-main/contract/workspace'
import { signatureOf } from '../../src-main/webhooks/send-webhook'
import { eventually } from '../fakes/eventually'
import { runSql } from '../fakes/test-postgres'
import { testCertificate, testKey } from '../postgres/tls-certificate'
import { openWatchedPage, type WatchedPage } from '../renderer-conversation/page'
import { accessibilityFindings, openCostsApp, type CostsApp } from './costs-app'
import { seedSql } from './seed'
import { zoneOfDaytime } from './zone-of-daytime'
import { startWebHost, type RunningHost } from './start-web-host'

/** The screen of reports in Chromium over the real app, and the files that come of it beside the screens and SQL. */
let costs: CostsApp
let watched: WatchedPage
const noSignal = { signal: undefined }
const zone = zoneOfDaytime()
const out = (directory: string): string => join(directory, 'reports-out')

beforeAll(async () => {
  costs = await openCostsApp('reports', seedSql, (directory) => {
    mkdirSync(out(directory))
    return { NEXUS_REPORTS_DIR: out(directory) }
  })
  await costs.app.api.settings.update({ timeZone: zone }, noSignal)
})

afterEach(() => watched?.page.close())

afterAll(() => costs?.close())

async function open(colorScheme: 'light' | 'dark' = 'light') {
  watched = await openWatchedPage(costs.browser, `${costs.host.url}/costs/reports`, { colorScheme })
  return watched.page
}

/** Yesterday where it is daytime, as the database counts it. */
async function yesterday() {
  const [row] = await runSql(
    costs.databaseUrl,
    `SELECT date_trunc('day', now(), '${zone}') - interval '24 hours' AS "from", date_trunc('day', now(), '${zone}') AS "to",
      to_char(now() AT TIME ZONE '${zone}' - interval '1 day', 'YYYY-MM-DD') AS day`,
  )
  const { from, to, day } = row as { from: Date; to: Date; day: string }
  return { from: from.toISOString(), to: to.toISOString(), day }
}

test('a report is made in the form, previewed and run, and its figures are those of the screens and of SQL', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'New report' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New report' })
  await dialog.getByLabel('Name').fill('Morning costs')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Choose a folder or a webhook.').waitFor()
  await dialog.getByRole('combobox', { name: /^How often/ }).click()
  await page.getByRole('option', { name: 'Every day' }).click()
  await dialog.getByLabel('Time').fill('08:15')
  for (const format of ['CSV', 'Parquet']) await dialog.getByLabel(format).check()
  await dialog.getByLabel('The server’s reports folder').check()
  await dialog.getByLabel('Folder in it').fill('acme')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Every day at 08:15, of the day before').waitFor()
  await page.getByText('HTML, CSV, Parquet to acme').waitFor()

  const { from, to, day } = await yesterday()
  const { allocation } = await costs.app.api.costs.allocation({ from, to, rows: 'domain', columns: 'model' }, noSignal)
  const dollars = allocation.total.costUsd.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
  const [counted] = await runSql(
    costs.databaseUrl,
    `SELECT count(*)::int AS requests, count(*) FILTER (WHERE response_body->>'type' = 'error')::int AS errors,
      count(DISTINCT domain)::int AS domains
    FROM requests WHERE timestamp >= $1 AND timestamp < $2`,
    [from, to],
  )
  await page.getByRole('button', { name: 'Preview Morning costs' }).click()
  const preview = page.getByRole('dialog', { name: /^Morning costs: / })
  const rowOf = (name: string) => preview.getByRole('row', { name: new RegExp(`^${name} `) }).first()
  await rowOf('Cost').getByRole('cell', { name: dollars, exact: true }).first().waitFor()
  await rowOf('Requests')
    .getByRole('cell', { name: String(counted!['requests']), exact: true })
    .first()
    .waitFor()
  await rowOf('Errors')
    .getByRole('cell', { name: String(counted!['errors']), exact: true })
    .first()
    .waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await preview.getByRole('button', { name: 'Close' }).last().click()

  await page.getByRole('button', { name: 'Run Morning costs now' }).click()
  const history = page.getByRole('list', { name: 'Reports that were made' })
  await history.getByText('Delivered').waitFor()
  const folder = join(out(costs.directory), 'acme')
  const stem = `morning-costs-${day}`
  expect((await readdir(folder)).toSorted()).toEqual([`${stem}.csv`, `${stem}.html`, `${stem}.parquet`])
  expect(await readFile(join(folder, `${stem}.html`), 'utf8')).toContain(`<td class="n">${dollars}</td>`)

  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  for (const file of [`read_csv('${join(folder, `${stem}.csv`)}')`, `'${join(folder, `${stem}.parquet`)}'`]) {
    const sums = await connection.runAndReadAll(
      `SELECT section, sum("costUsd")::DOUBLE AS usd, sum(requests)::INTEGER AS requests FROM ${file}
      WHERE section IN ('summary', 'allocation') GROUP BY section`,
    )
    for (const row of sums.getRowObjects()) {
      expect(row['usd']).toBeCloseTo(allocation.total.costUsd, 9)
      expect(row['requests']).toBe(counted!['requests'])
    }
    const errors = await connection.runAndReadAll(
      `SELECT sum(errors)::INTEGER AS n FROM ${file} WHERE section = 'errors'`,
    )
    expect(errors.getRowObjects()[0]!['n']).toBe(counted!['errors'])
  }
  connection.closeSync()
  await watched.expectClean()
})

test('a report is turned off, removed and brought back', async () => {
  const page = await open()
  const menu = page.getByRole('button', { name: 'What to do with Morning costs' })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Turn off' }).click()
  await page.getByText('Off', { exact: true }).waitFor()
  await menu.click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByText('No report yet').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Every day at 08:15, of the day before').waitFor()
  await eventually(async () =>
    expect((await costs.app.api.reports.list(undefined, noSignal)).plans[0]!.plan.isOn).toBe(false),
  )
  await watched.expectClean()
})

test.each(['light', 'dark'] as const)('the screen has no accessibility finding, %s', async (colorScheme) => {
  const page = await open(colorScheme)
  await page.getByText('Every day at 08:15, of the day before').waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'New report' }).first().click()
  await page.getByRole('dialog', { name: 'New report' }).waitFor()
  expect(await accessibilityFindings(page)).toEqual([])
  await watched.expectClean()
})

describe('alerts, in the built host', () => {
  const key = 'correct-horse-battery'
  const domain = 'runaway.example'
  const received: { body: string; signature: string }[] = []
  let receiver: Server
  let host: RunningHost

  beforeAll(async () => {
    receiver = createServer({ key: testKey, cert: testCertificate }, async (request, response) => {
      received.push({ body: await text(request), signature: String(request.headers['x-nexus-signature']) })
      response.writeHead(204).end()
    })
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    const authority = join(costs.directory, 'receiver.pem')
    writeFileSync(authority, testCertificate)
    host = await startWebHost({
      DATABASE_URL: costs.databaseUrl,
      DASHBOARD_API_KEY: key,
      NODE_EXTRA_CA_CERTS: authority,
    })
  })

  afterAll(async () => {
    await host?.stop()
    receiver?.closeAllConnections()
    receiver?.close()
  })

  async function openAlerts() {
    watched = await openWatchedPage(costs.browser, `${host.origin}/dashboard/alerts`)
    const { page } = watched
    await page.getByLabel('Dashboard API key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('region', { name: 'Inbox' }).waitFor()
    await eventually(async () => {
      const health = (await (await page.request.get(`${host.origin}/dashboard/api/health`)).json()) as Health
      expect(health.replica).toMatchObject({ progress: 1, rows: 600 })
    })
    return page
  }

  const isSigned = ({ body, signature }: (typeof received)[number]): boolean => {
    const seconds = Number(/^t=(\d+),/.exec(signature)?.[1])
    return signatureOf('whisper', body, seconds) === signature
  }

  test('a rule is made, tried, fires on new requests, is told to a webhook, seen, snoozed, removed and brought back', async () => {
    const page = await openAlerts()
    await page.getByRole('button', { name: 'Add a webhook' }).click()
    const hook = page.getByRole('dialog', { name: 'Add webhook' })
    await hook.getByLabel('Name').fill('Receiver')
    await hook.getByLabel('Address').fill(`https://localhost:${(receiver.address() as AddressInfo).port}/hook`)
    await hook.getByLabel('Signing secret').fill('whisper')
    await hook.getByRole('button', { name: 'Save' }).click()
    await hook.getByText('The webhook address lies in a private network.').waitFor()
    await hook.getByText('Private ones too').click()
    await hook.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Send a test to Receiver' }).click()
    await page.getByText('Receiver took the message', { exact: true }).waitFor()
    expect(JSON.parse(received[0]!.body)).toMatchObject({ type: 'alert', id: 'test' })
    expect(isSigned(received[0]!)).toBe(true)

    await page.getByRole('button', { name: 'New rule' }).click()
    const dialog = page.getByRole('dialog', { name: 'New rule' })
    await dialog.getByLabel('Name').fill('Too many')
    await dialog.getByRole('textbox', { name: /^Requests/ }).fill('domain:globex.io')
    await dialog.getByRole('combobox', { name: /^Figure/ }).click()
    await page.getByRole('option', { name: 'Requests', exact: true }).click()
    await dialog.getByLabel('Amount').fill('2')
    await dialog.getByRole('combobox', { name: /^Window/ }).click()
    await page.getByRole('option', { name: 'a day' }).click()
    await dialog.getByRole('button', { name: 'Try it' }).click()
    // A day of it has many more than two, and never fewer again.
    await dialog.getByText('Would have spoken 1 time in the last 7 days.').waitFor()
    await dialog.getByRole('textbox', { name: /^Requests/ }).fill(`domain:${domain}`)
    await dialog.getByRole('combobox', { name: /^Window/ }).click()
    await page.getByRole('option', { name: 'an hour' }).click()
    await dialog.getByRole('button', { name: 'Try it' }).click()
    await dialog.getByText('Would have spoken 0 times in the last 7 days.').waitFor()
    await dialog.getByLabel('Receiver').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    const rules = page.getByRole('region', { name: 'Rules' })
    await rules.getByText('Requests within an hour above 2 requests').waitFor()

    await runSql(
      costs.databaseUrl,
      `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body)
      SELECT gen_random_uuid(), now() - n * interval '1 second', $1, 'claude-haiku-4-5-20251001', 10, 10, '{"messages":[]}',
        '{"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":10}}'
      FROM generate_series(1, 4) AS n`,
      [domain],
    )
    const [counted] = await runSql(
      costs.databaseUrl,
      `SELECT count(*)::int AS n FROM requests WHERE domain = $1 AND timestamp >= now() - interval '1 hour'`,
      [domain],
    )
    const sentence = `${String(counted!['n'])} requests within an hour; the limit is 2 requests.`
    const inbox = page.getByRole('region', { name: 'Inbox' })
    await inbox.getByText(sentence).waitFor()
    await inbox.getByText('Receiver: delivered').waitFor()
    expect(JSON.parse(received[1]!.body)).toMatchObject({
      type: 'alert',
      kind: 'rule',
      rule: { name: 'Too many' },
      sentence,
    })
    expect(received.every(isSigned)).toBe(true)
    expect(received).toHaveLength(2)

    await inbox.getByText('1 new').waitFor()
    await inbox.getByRole('button', { name: 'Mark Too many as seen' }).click()
    await inbox.getByText('1 new').waitFor({ state: 'detached' })
    const menu = rules.getByRole('button', { name: 'What to do with Too many' })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Snooze for an hour' }).click()
    await rules.getByText('snoozed,').waitFor()
    await menu.click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await rules.getByText('No rule yet').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await rules.getByText('Requests within an hour above 2 requests').waitFor()
    expect(await accessibilityFindings(page)).toEqual([])

    // It is not told of anew, and leads to the requests that it is about.
    await inbox.getByRole('link', { name: 'Too many' }).click()
    await page.waitForURL(/\/conversations\?/)
    expect(new URL(page.url()).searchParams.get('q')).toBe(`domain:${domain}`)
    await watched.expectClean()
  })
})
