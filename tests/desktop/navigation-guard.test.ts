import { EventEmitter } from 'node:events'
import type { WebContents } from 'electron'
import { expect, test } from 'vitest'
import { guardNavigation } from '../../src-main/desktop/navigation'
import { silentLog } from '../fakes/silent-log'

function guardedContents() {
  const asked: string[] = []
  let openWindow: (details: { url: string }) => unknown = () => undefined
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof openWindow) => (openWindow = handler),
  })
  guardNavigation(contents as unknown as WebContents, async (url) => void asked.push(url), silentLog)
  const isStopped = (event: string, url: string): boolean => {
    let stopped = false
    contents.emit(event, { url, preventDefault: () => (stopped = true) })
    return stopped
  }
  return { asked, isStopped, openWindow: (url: string) => openWindow({ url }) }
}

const events = ['will-navigate', 'will-frame-navigate', 'will-redirect']
const foreign = [
  'https://evil.example/?next=app://ui/dashboard/',
  'app://ui.evil/dashboard/',
  'app://ui/',
  'app:ui/dashboard',
  '//evil.example/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,x',
  'about:blank',
]

test.each(events.flatMap((event) => foreign.map((url) => [event, url] as const)))(
  '%s to %s is stopped',
  (event, url) => {
    expect(guardedContents().isStopped(event, url)).toBe(true)
  },
)

test.each(events)('%s within our own page goes on', (event) => {
  expect(guardedContents().isStopped(event, 'app://ui/dashboard/conversation/1?domain=a')).toBe(false)
})

test.each([...foreign, 'https://example.com/', 'app://ui/dashboard/'])('%s never gets a window of its own', (url) => {
  const { openWindow, asked } = guardedContents()
  expect(openWindow(url)).toEqual({ action: 'deny' })
  expect(asked).toEqual([url])
})

test('a webview is never attached', () => {
  expect(guardedContents().isStopped('will-attach-webview', 'app://ui/dashboard/')).toBe(true)
})
