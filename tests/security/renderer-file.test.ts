import { join, resolve, sep } from 'node:path'
import { array, assert, constantFrom, property } from '../fakes/seeded-check'
import { expect, test } from 'vitest'
import { resolveAppRequest, resolveRendererTarget } from '../../src-main/security/renderer-file'

test.each([
  '/dashboard',
  '/dashboard/',
  '/dashboard/conversations',
  '/dashboard/conversation/0f-1',
  '/dashboard/%C3%A9',
])('%s is the page', (path) => {
  expect(resolveRendererTarget(path)).toEqual({ kind: 'page' })
})

test.each([
  ['/dashboard/assets/index-Bx.js', 'assets/index-Bx.js'],
  ['/dashboard/favicon.svg', 'favicon.svg'],
  ['/dashboard/a/b%20c.css', 'a/b c.css'],
])('%s is the file %s', (path, file) => {
  expect(resolveRendererTarget(path)).toEqual({ kind: 'file', file })
})

test.each([
  '/',
  '/etc/passwd',
  '/dashboardx',
  '/dashboard/../secret.txt',
  '/dashboard/%2e%2e/secret.txt',
  '/dashboard/%2E%2E/%2e%2e/etc/passwd',
  '/dashboard/..%2fsecret.txt',
  '/dashboard/..%5csecret.txt',
  '/dashboard/..\\secret.txt',
  '/dashboard/assets/%2e%2e/x.js',
  '/dashboard//etc/passwd.txt',
  '/dashboard/C:/windows/win.ini',
  '/dashboard/file.txt:stream',
  '/dashboard/a.js%00.png',
  '/dashboard/.env',
  '/dashboard/.git/config.js',
  '/dashboard/%zz.js',
  '/dashboard/%ff.js',
])('%s is nothing', (path) => {
  expect(resolveRendererTarget(path)).toEqual({ kind: 'nothing' })
})

test('whatever the path, a file lies inside the folder', () => {
  const folder = resolve('/srv/renderer')
  const piece = constantFrom('..', '.', '/', '\\', '%2e', '%2f', '%5c', '%00', '%25', 'a', '.js', ':', '~', '%')
  assert(
    property(array(piece, { maxLength: 12 }), (pieces) => {
      const target = resolveRendererTarget(`/dashboard/${pieces.join('')}`)
      if (target.kind === 'file') expect(resolve(join(folder, target.file)).startsWith(folder + sep)).toBe(true)
    }),
    { numRuns: 5000 },
  )
})

test.each([
  ['GET', 'app://ui/dashboard/', 'page'],
  ['HEAD', 'app://ui/dashboard/assets/a.js', 'file'],
  ['GET', 'app://ui/dashboard/assets/a.js?x=1#y', 'file'],
  ['POST', 'app://ui/dashboard/', 'nothing'],
  ['PUT', 'app://ui/dashboard/a.js', 'nothing'],
  ['GET', 'app://other/dashboard/', 'nothing'],
  ['GET', 'app://ui.evil/dashboard/', 'nothing'],
  ['GET', 'app://ui:1/dashboard/', 'nothing'],
  ['GET', 'app://me@ui/dashboard/', 'nothing'],
  ['GET', 'file://ui/dashboard/', 'nothing'],
  ['GET', 'https://ui/dashboard/', 'nothing'],
  ['GET', 'app://ui/dashboard/../../etc/passwd.txt', 'nothing'],
  ['GET', 'app://ui/dashboard/%2e%2e/%2e%2e/etc/passwd.txt', 'nothing'],
  ['GET', 'nonsense', 'nothing'],
])('%s %s asks for: %s', (method, url, kind) => {
  expect(resolveAppRequest(method, url).kind).toBe(kind)
})
