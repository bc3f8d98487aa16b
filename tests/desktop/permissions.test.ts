import type { Session } from 'electron'
import { expect, test } from 'vitest'
import { denyPermissions } from '../../src-main/desktop/permissions'

type Handlers = {
  [K in keyof Session as K extends `set${string}Handler` ? K : never]: Session[K] extends (handler: infer H) => unknown
    ? NonNullable<H>
    : never
}

function handlersOf(): Handlers {
  const handlers: Record<string, unknown> = {}
  const session = new Proxy({}, { get: (_target, name: string) => (handler: unknown) => (handlers[name] = handler) })
  denyPermissions(session as Session)
  return handlers as Handlers
}

const ownPage = { requestingUrl: 'app://ui/dashboard/', isMainFrame: true }
const permissions = [
  'clipboard-read',
  'deprecated-sync-clipboard-read',
  'display-capture',
  'fileSystem',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'keyboardLock',
  'local-fonts',
  'local-network-access',
  'media',
  'mediaKeySystem',
  'midi',
  'midiSysex',
  'notifications',
  'openExternal',
  'pointerLock',
  'screen-wake-lock',
  'serial',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'usb',
  'window-management',
  'unknown',
] as const

const contents = null as never

test.each(permissions)('our own page is refused %s, asked or checked', (permission) => {
  const { setPermissionRequestHandler: request, setPermissionCheckHandler: check } = handlersOf()
  const answers: boolean[] = []
  request(contents, permission, (isGranted) => answers.push(isGranted), ownPage)
  expect(answers).toEqual([false])
  expect(check(contents, permission, 'app://ui/', ownPage)).toBe(false)
})

test('our own page may write to the clipboard, and no other frame may', () => {
  const { setPermissionCheckHandler: check } = handlersOf()
  const isGranted = (page: typeof ownPage) => check(contents, 'clipboard-sanitized-write', 'app://ui/', page)
  expect(isGranted(ownPage)).toBe(true)
  expect(isGranted({ ...ownPage, isMainFrame: false })).toBe(false)
  expect(isGranted({ ...ownPage, requestingUrl: 'app://ui.evil/dashboard/' })).toBe(false)
  expect(isGranted({ ...ownPage, requestingUrl: 'https://evil.example/dashboard/' })).toBe(false)
})

test('no device and no screen is handed out', () => {
  const { setDevicePermissionHandler: device, setDisplayMediaRequestHandler: display } = handlersOf()
  expect(device({ deviceType: 'usb', origin: 'app://ui', device: {} as never })).toBe(false)
  const answers: unknown[] = []
  void display({} as never, (streams) => answers.push(streams))
  expect(answers).toEqual([null])
})
