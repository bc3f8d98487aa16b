import { expect, test } from 'vitest'
import { isOwnFrame, isOwnUrl } from '../../src-main/security/navigation'

const desktop = 'app://ui'
const browser = 'http://127.0.0.1:3000'

test.each([
  [desktop, 'app://ui/dashboard'],
  [desktop, 'app://ui/dashboard/'],
  [desktop, 'app://ui/dashboard/conversation/1?domain=a#x'],
  [browser, 'http://127.0.0.1:3000/dashboard/conversations'],
])('from %s, %s is our own', (own, url) => {
  expect(isOwnUrl(url, own)).toBe(true)
})

const foreign = [
  'https://evil.com/?next=app://ui/dashboard',
  'https://evil.com/app://ui/dashboard',
  'https://app/ui/dashboard',
  'app:ui/dashboard',
  'app:/ui/dashboard',
  'app:///dashboard',
  'app:////ui/dashboard',
  'app://ui.evil/dashboard',
  'app://evil.ui/dashboard',
  'app://ui:80/dashboard',
  'app://user@ui/dashboard',
  'app://ui@evil/dashboard',
  'app://ui/',
  'app://ui/dashboardx',
  'app://ui/../dashboard-evil',
  'app://ui/dashboard/../../x',
  'apps://ui/dashboard',
  '//ui/dashboard',
  '/dashboard',
  'javascript:location="app://ui/dashboard"',
  'file:///dashboard/index.html',
  'data:text/html,app://ui/dashboard',
  'blob:app://ui/dashboard',
  'view-source:app://ui/dashboard',
  'about:blank',
  'chrome://settings/dashboard',
  'http://127.0.0.1:3000/dashboard',
  '',
  null,
  7,
  { href: 'app://ui/dashboard' },
]

test.each(foreign)('%j is not our own', (url) => {
  expect(isOwnUrl(url, desktop)).toBe(false)
})

test('the address of the development server is our own only where it is named as such', () => {
  expect(isOwnUrl('http://localhost:5173/dashboard/', desktop)).toBe(false)
  expect(isOwnUrl('http://localhost:5173/dashboard/', 'http://localhost:5173')).toBe(true)
  expect(isOwnUrl('http://localhost:5174/dashboard/', 'http://localhost:5173')).toBe(false)
})

test('only a top frame that shows our own page is heard', () => {
  const ours = 'app://ui/dashboard/'
  expect(isOwnFrame({ url: ours, parent: null }, desktop)).toBe(true)
  expect(isOwnFrame(null, desktop)).toBe(false)
  expect(isOwnFrame(undefined, desktop)).toBe(false)
  expect(isOwnFrame({ url: ours, parent: { url: ours } }, desktop)).toBe(false)
  expect(isOwnFrame({ url: ours, parent: undefined }, desktop)).toBe(false)
  for (const url of foreign) expect(isOwnFrame({ url: url as string, parent: null }, desktop), String(url)).toBe(false)
})
