import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBodyStore } from '../../src-main/replica/body-store'
import { silentLog } from '../fakes/silent-log'
import { temporaryFolder } from './replica-fixture'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const directory = () => join(folder.path, 'bodies')
const store = (maxBytes = 1e9) => createBodyStore({ directory: directory(), maxBytes, log: silentLog })
const id = (number: number) => `0000000${number}-0000-4000-8000-00000000000a`

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

test('both texts come back as they were, from another opening too', async () => {
  const bodies = { request: `{"text":"é\\u0000 ${'long '.repeat(1_000_000)}"}`, response: '{"a":"\n🙂"}' }
  await store().write(id(1), bodies)
  await store().write(id(2), { request: null, response: '' })
  const kept = await store().read(id(1).toUpperCase())
  expect(kept).toMatchObject(bodies)
  expect(Date.parse(kept!.readAt)).toBeLessThanOrEqual(Date.now())
  expect(await store().read(id(2))).toMatchObject({ request: null, response: '' })
  expect(await store().read(id(3))).toBeNull()
  expect((await stat(join(directory(), `${id(1)}.body`))).size).toBeLessThan(100_000)
})

test('files and folder belong to the user alone', async () => {
  await store().write(id(1), { request: 'a', response: 'b' })
  expect((await stat(directory())).mode & 0o777).toBe(0o700)
  expect((await stat(join(directory(), `${id(1)}.body`))).mode & 0o777).toBe(0o600)
})

test('the bodies that were opened longest ago make room', async () => {
  const noise = () => ({ request: randomBytes(30_000).toString('base64'), response: null })
  const bodies = store(100_000)
  for (const number of [1, 2, 3]) await bodies.write(id(number), noise())
  await bodies.read(id(1))
  await bodies.write(id(4), noise())
  expect(await bodies.read(id(1))).not.toBeNull()
  expect(await bodies.read(id(2))).toBeNull()
  expect(await bodies.read(id(4))).not.toBeNull()
  const sizes = await Promise.all(
    (await readdir(directory())).map(async (name) => (await stat(join(directory(), name))).size),
  )
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100_000)
})

test.each([
  ['cut off', (packed: Buffer) => packed.subarray(0, packed.length - 5)],
  ['empty', () => Buffer.alloc(0)],
  ['not ours', () => Buffer.from('something else')],
])('a file that is %s counts as not kept', async (_, damage) => {
  const bodies = store()
  await bodies.write(id(1), { request: 'a'.repeat(5000), response: 'b' })
  const path = join(directory(), `${id(1)}.body`)
  await writeFile(path, damage(await readFile(path)))
  expect(await bodies.read(id(1))).toBeNull()
  expect(await readdir(directory())).toEqual([])
})

test('an id that is none becomes no file', async () => {
  await expect(store().write('../../etc/passwd', { request: 'a', response: null })).rejects.toMatchObject({
    code: 'invalid-input',
  })
  expect(await store().read('../../etc/passwd')).toBeNull()
})
