import { existsSync } from 'node:fs'
import path from 'node:path'
import type { NativeImage } from 'electron'
import { expect, test } from 'vitest'
import { overlayIcon, showUnread } from '../../src-main/desktop/unread-badge'

const folder = path.resolve(import.meta.dirname, '../../resources/overlay')

function show(unread: number, platform: string, hasWindow = true) {
  const shown: unknown[] = []
  showUnread(unread, {
    app: { setBadgeCount: (count) => (shown.push(['badge', count]), true) },
    window: hasWindow
      ? {
          setOverlayIcon: (image, text) =>
            void shown.push([image && path.basename((image as unknown as { file: string }).file), text]),
        }
      : null,
    readImage: (file) => ({ file }) as unknown as NativeImage,
    folder,
    platform,
  })
  return shown
}

test.each(['darwin', 'linux'])('on %s the system draws the number', (platform) => {
  expect(show(12, platform)).toEqual([['badge', 12]])
  expect(show(0, platform)).toEqual([['badge', 0]])
})

test('on Windows an icon lies over that of the window, is told to who cannot see it, and goes when all is read', () => {
  expect(show(3, 'win32')).toEqual([['3.png', '3 unread']])
  expect(show(12, 'win32')).toEqual([['more.png', '12 unread']])
  expect(show(0, 'win32')).toEqual([[null, '']])
  expect(show(3, 'win32', false)).toEqual([])
})

test('each number that is drawn has its icon, also for screens that scale', () => {
  for (let unread = 1; unread <= 10; unread++) {
    const icon = path.join(folder, overlayIcon(unread)!)
    expect([existsSync(icon), existsSync(icon.replace('.png', '@2x.png'))]).toEqual([true, true])
  }
})
