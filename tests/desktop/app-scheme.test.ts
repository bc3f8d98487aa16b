import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Protocol } from 'electron'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { declareAppScheme, serveAppScheme } from '../../src-main/desktop/app-scheme'
import { contentPolicy } from '../../src-main/security/content-policy'
import { silentLog } from '../fakes/silent-log'

let folder: string
let ask: (url: string, method?: string) => Promise<Response>

const exportId = '0b9c1f6e-3a52-4d0f-9f5a-2f1f0c9a7b11'
/** One finished export, which is there once. */
let finished = new Set([exportId])
async function fetch(id: string) {
  if (!finished.delete(id)) return null
  const content = new Blob(['a,b']).stream()
  return { name: 'requests.csv', mediaType: 'text/csv', sizeBytes: 3, content }
}

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nexus-scheme-'))
  const renderer = path.join(folder, 'renderer')
  mkdirSync(path.join(renderer, 'assets'), { recursive: true })
  writeFileSync(path.join(renderer, 'index.html'), '<title>page</title>')
  writeFileSync(path.join(renderer, 'assets/a.js'), 'export {}')
  writeFileSync(path.join(folder, 'secret.txt'), 'secret')
  symlinkSync(path.join(folder, 'secret.txt'), path.join(renderer, 'assets/link.txt'))
  let handler: (request: Request) => Response | Promise<Response>
  const protocol = { handle: (_scheme: string, given: typeof handler) => (handler = given) }
  serveAppScheme(protocol as unknown as Protocol, { folder: renderer, exports: { fetch }, log: silentLog })
  ask = async (url, method = 'GET') => handler(new Request(url, { method }))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the scheme is an origin of its own with the web’s rules and no way round the content policy', () => {
  const declared: unknown[] = []
  declareAppScheme({ registerSchemesAsPrivileged: (schemes: unknown) => declared.push(schemes) } as unknown as Protocol)
  expect(declared).toEqual([
    [{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }],
  ])
})

test.each(['app://ui/dashboard/', 'app://ui/dashboard/conversations?hours=1', 'app://ui/dashboard/conversation/1'])(
  '%s is the page, under the content policy',
  async (url) => {
    const response = await ask(url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toBe(contentPolicy)
    expect(await response.text()).toContain('page')
  },
)

test('a script is served as a script', async () => {
  const response = await ask('app://ui/dashboard/assets/a.js')
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
})

test.each([
  'app://ui/dashboard/assets/missing.js',
  'app://ui/dashboard/assets/link.txt',
  'app://ui/dashboard/../../secret.txt',
  'app://ui/dashboard/%2e%2e/secret.txt',
  'app://ui/dashboard/..%2fsecret.txt',
  'app://ui/dashboard/..%5csecret.txt',
  'app://ui/dashboard/a%00.js',
  'app://ui//etc/passwd',
  'app://other/dashboard/',
  'app://ui.evil/dashboard/',
])('%s is nothing, under the content policy too', async (url) => {
  const response = await ask(url)
  expect(response.status).toBe(404)
  expect(response.headers.get('content-security-policy')).toBe(contentPolicy)
  expect(await response.text()).not.toContain('secret')
})

test.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
  expect((await ask('app://ui/dashboard/', method)).status).toBe(404)
})

test('a finished export is a download, once, and no other address under it is', async () => {
  finished = new Set([exportId])
  const url = `app://ui/dashboard/api/exports/${exportId}`
  expect((await ask(url, 'POST')).status).toBe(404)
  const response = await ask(url)
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="requests.csv"')
  expect(await response.text()).toBe('a,b')
  expect((await ask(url)).status).toBe(404)
  expect((await ask(`${url}/../../index.html`)).headers.get('content-disposition')).toBeNull()
})
