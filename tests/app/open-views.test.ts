import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openViews } from '../../src-main/app/open-views'
import type { Workspaces } from '../../src-main/app/workspaces'
import { readViewText, viewText } from '../../src-renderer/query/shared-view'
import { silentLog } from '../fakes/silent-log'

let folder: string
let sourceKey = 'one'
const workspaces = { open: () => ({ sourceKey }) } as unknown as Workspaces
const open = () => openViews({ workspaces, path: join(folder, 'views.json'), log: silentLog })
const context = { signal: undefined }

beforeEach(async () => {
  sourceKey = 'one'
  folder = await mkdtemp(join(tmpdir(), 'nexus-views-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('views are kept by source, in the order of their names, and come back after a restart', async () => {
  const views = await open()
  const slow = { id: randomUUID(), name: 'Slow', address: '/conversations?q=time%3A%3E30s&sort=duration' }
  const errors = { id: randomUUID(), name: 'Errors', address: '/?q=status%3Aerror' }
  await Promise.all([views.save(slow, context), views.save(errors, context)])
  sourceKey = 'two'
  expect(await views.list(undefined, context)).toEqual([])
  sourceKey = 'one'
  const again = await open()
  expect(await again.list(undefined, context)).toEqual([errors, slow])
  expect(await again.save({ ...slow, name: 'A slow one' }, context)).toEqual([{ ...slow, name: 'A slow one' }, errors])
  expect(await again.remove({ id: errors.id }, context)).toEqual([{ ...slow, name: 'A slow one' }])
})

test('an address of anything but a screen is refused', async () => {
  const views = await open()
  for (const address of ['https://example.com/', '//example.com', 'javascript:alert(1)', '/a b', '/../etc']) {
    await expect(views.save({ id: randomUUID(), name: 'x', address }, context)).rejects.toThrow()
  }
  expect(await views.list(undefined, context)).toEqual([])
})

test('a view survives the way through text, and an address of the page is one too', () => {
  const view = { name: 'Slow: opus', address: '/conversations?q=time%3A%3E30s' }
  expect(readViewText(viewText(view))).toEqual(view)
  expect(readViewText('http://127.0.0.1:3000/dashboard/costs?q=a')).toEqual({ name: 'a', address: '/costs?q=a' })
  expect(readViewText('javascript:alert(1)')).toBeNull()
  expect(readViewText('just a name')).toBeNull()
})
