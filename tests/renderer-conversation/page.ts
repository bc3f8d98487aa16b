import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { patienceMs } from '../fakes/patience'

/** Everything that a page must never do, gathered while it is used. */
export interface WatchedPage {
  page: Page
  /** Fails where the page broke its policy, asked another host, or logged an error. */
  expectClean(): Promise<void>
}

/** A page of its own context that tells what it should not have done. */
export async function openWatchedPage(
  browser: Browser,
  url: string,
  options: { width?: number; height?: number; colorScheme?: 'light' | 'dark'; timezoneId?: string } = {},
): Promise<WatchedPage> {
  const { width = 1280, height = 800, colorScheme = 'light', timezoneId } = options
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, timezoneId, reducedMotion: 'reduce' })
  // What does not come is told at the line that waits for it, before the test's whole time is over.
  page.setDefaultTimeout(patienceMs)
  const faults: string[] = []
  const { origin } = new URL(url)
  page.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(`${origin}/`) && !asked.startsWith('data:')) faults.push(`asked ${asked}`)
  })
  page.on('pageerror', (error) => faults.push(`threw ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) faults.push(message.text())
  })
  await page.addInitScript(() => {
    const seen: string[] = []
    Object.assign(window, { violations: seen })
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.push(`${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  await page.goto(url)
  return {
    page,
    async expectClean() {
      expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([])
      expect(faults).toEqual([])
    },
  }
}
