import { writeFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../fakes/chromium'
import { apiKey, startTestHost, type TestHost } from './test-host'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

let browser: Browser
let host: TestHost
let renderer: string
beforeAll(async () => {
  renderer = makePage()
  ;[browser, host] = await Promise.all([launchChromium(), startTestHost({ rendererDirectory: renderer })])
})
afterAll(async () => {
  await Promise.all([browser.close(), host.close()])
  rmSync(renderer, { recursive: true })
})

/** A page that uses what the renderer does: a module, a style sheet, a worker, an image as data, a call. */
function makePage(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nexus-page-'))
  mkdirSync(join(directory, 'assets'))
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text)
  write(
    'index.html',
    `<!doctype html><html lang="en"><head><title>page</title><link rel="icon" href="data:,"><link rel="stylesheet" crossorigin href="/dashboard/assets/a-1.css"><script type="module" crossorigin src="/dashboard/assets/a-1.js"></script></head><body><h1>page</h1><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></body></html>`,
  )
  write('assets/a-1.css', 'h1 { color: rgb(1, 2, 3) }')
  write('assets/w-1.js', `postMessage('worker')`)
  write(
    'assets/a-1.js',
    `new Worker(new URL('/dashboard/assets/w-1.js', import.meta.url), { type: 'module' }).onmessage = async ({ data }) => {
      const call = await fetch('/dashboard/rpc/host/info', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })
      document.body.dataset.seen = data + ' ' + call.status + ' ' + getComputedStyle(document.querySelector('h1')).color
    }`,
  )
  return directory
}

/** Opens a page and keeps what it did against its policy or outside of its host. */
async function openPage(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; wrongs: string[] }> {
  const page = await browser.newPage(options)
  const wrongs: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy')) wrongs.push(message.text())
  })
  page.on('pageerror', (error) => wrongs.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(host.origin) && !request.url().startsWith('data:')) wrongs.push(request.url())
  })
  return { page, wrongs }
}

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  test.each(['/dashboard/login', '/dashboard/login?error=invalid', '/nothing'])(
    '%s has no axe finding',
    async (path) => {
      const { page, wrongs } = await openPage({ colorScheme, viewport: { width: 900, height: 600 }, bypassCSP: true })
      await page.goto(host.origin + path)
      await page.addScriptTag({ path: axePath })
      const findings = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Array<{ id: string }> }> } }
        return (await axe.run()).violations.map((violation) => violation.id)
      })
      expect(findings).toEqual([])
      // A missing page is told by its status, which the browser reports as an error of its own.
      expect(wrongs.filter((wrong) => !wrong.includes('404'))).toEqual([])
      await page.close()
    },
  )

  test('the login page has its style, and colours of the theme', async () => {
    const { page, wrongs } = await openPage({ colorScheme })
    await page.goto(`${host.origin}/dashboard/login`)
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(background).toBe(colorScheme === 'light' ? 'rgb(250, 250, 250)' : 'rgb(17, 17, 19)')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('key')
    expect(wrongs).toEqual([])
    await page.close()
  })
})

test('a person signs in with the keyboard and without scripts, after a wrong key', async () => {
  const { page, wrongs } = await openPage({ javaScriptEnabled: false })
  await page.goto(`${host.origin}/dashboard/conversations?domain=acme.com`)
  expect(new URL(page.url()).pathname).toBe('/dashboard/login')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  expect(await page.getByLabel('Dashboard API key').getAttribute('aria-invalid')).toBe('true')
  await page.getByLabel('Dashboard API key').fill(apiKey)
  await page.keyboard.press('Enter')
  await page.waitForURL(`${host.origin}/dashboard/conversations?domain=acme.com`)
  expect(wrongs).toEqual([])
  await page.close()
})

test('under the policy a page can use what the renderer uses, and nothing else', async () => {
  const { page, wrongs } = await openPage()
  await page.goto(`${host.origin}/dashboard/login`)
  await page.getByLabel('Dashboard API key').fill(apiKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('body[data-seen]').waitFor()
  expect(await page.locator('body').getAttribute('data-seen')).toBe('worker 200 rgb(1, 2, 3)')
  expect(wrongs).toEqual([])

  const blocked = await page.evaluate(async () => {
    const violations = new Set<string>()
    const allSeen = new Promise<void>((resolve) =>
      document.addEventListener('securitypolicyviolation', (event) => {
        violations.add(event.effectiveDirective)
        if (violations.size === 5) resolve()
      }),
    )
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    document.body.append(script)
    document.body.insertAdjacentHTML('beforeend', '<p style="color: red">x</p>')
    const frame = document.createElement('iframe')
    frame.src = 'https://example.com/'
    document.body.append(frame)
    await fetch('https://example.com/').catch(() => undefined)
    const form = document.createElement('form')
    form.action = 'https://example.com/'
    document.body.append(form)
    form.submit()
    await allSeen
    return { violations: [...violations].toSorted(), ran: 'inlineRan' in window }
  })
  expect(blocked).toEqual({
    violations: ['connect-src', 'form-action', 'frame-src', 'script-src-elem', 'style-src-attr'],
    ran: false,
  })
  await page.close()
})

test('a page of another site can neither read the dashboard nor call it nor frame it, though the browser is signed in', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${host.origin}/dashboard/login`)
  await page.getByLabel('Dashboard API key').fill(apiKey)
  await page.keyboard.press('Enter')
  await page.locator('body[data-seen]').waitFor()
  const callsBefore = host.app.calls.length

  const evil = await context.newPage()
  await evil.route('http://evil.test/**', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>evil</h1>' }))
  await evil.goto('http://evil.test/')
  const outcome = await evil.evaluate(async (origin) => {
    const attempt = (path: string, init: RequestInit): Promise<string> =>
      fetch(origin + path, { credentials: 'include', ...init }).then(
        (response) => response.text(),
        () => 'refused',
      )
    const json = { 'Content-Type': 'application/json' }
    const frame = document.createElement('iframe')
    frame.src = `${origin}/dashboard`
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
    document.body.append(frame)
    await loaded
    return [
      await attempt('/dashboard/api/stats', {}),
      await attempt('/dashboard/rpc/workspace/syncNow', { method: 'POST', body: '{}', headers: json }),
      await attempt('/dashboard/rpc/workspace/syncNow', { method: 'POST', body: '{}' }),
      await attempt('/dashboard/rpc/workspace/syncNow', { method: 'POST', body: '{}', mode: 'no-cors' }),
    ]
  }, host.origin)
  expect(
    outcome.every((text) => text === 'refused' || text === ''),
    outcome.join(),
  ).toBe(true)
  expect(host.app.calls).toHaveLength(callsBefore)
  for (const frame of evil.frames()) expect(await frame.locator('h1').allTextContents()).not.toContain('page')
  await context.close()
})
