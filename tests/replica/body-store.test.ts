import { randomBytes } from 'node:crypto'
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBodyStore } from '../../src-main/replica/body-store'
import type { BodyKey } from '../../src-main/replica/pack-bodies'
import { silentLog } from '../fakes/silent-log'
import { temporaryFolder } from './replica-fixture'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const directory = () => join(folder.path, 'bodies')
const store = (maxBytes = 1e9, key: BodyKey = null) =>
  createBodyStore({ directory: directory(), limits: { maxBytes, maxDays: 60 }, key, log: silentLog, now: () => nowMs })
let nowMs = Date.now()
const id = (number: number) => `0000000${number}-0000-4000-8000-00000000000a`

beforeEach(async () => {
  nowMs = Date.now()
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

describe('with a key', () => {
  const key = randomBytes(32)
  const secret = 'a secret that nobody is to read from the disk'
  const bodies = { request: JSON.stringify({ text: secret.repeat(50) }), response: null }
  const onDisk = async () => {
    const files = await Promise.all((await readdir(directory())).map((name) => readFile(join(directory(), name))))
    return files.map((file) => file.subarray(0, 4).toString())
  }

  test('texts are sealed, come back with that key alone, and for that request alone', async () => {
    await store(1e9, key).write(id(1), bodies)
    expect(await onDisk()).toEqual(['NXB1'])
    expect(await store(1e9, key).read(id(1))).toMatchObject(bodies)
    await copyFile(join(directory(), `${id(1)}.body`), join(directory(), `${id(2)}.body`))
    expect(await store(1e9, key).read(id(2))).toBeNull()
    expect(await store(1e9, randomBytes(32)).read(id(1))).toBeNull()
    expect(await readdir(directory())).toEqual([])
  })

  test('a changed byte is noticed', async () => {
    await store(1e9, key).write(id(1), bodies)
    const path = join(directory(), `${id(1)}.body`)
    const packed = await readFile(path)
    packed[packed.length - 3]! ^= 1
    await writeFile(path, packed)
    expect(await store(1e9, key).read(id(1))).toBeNull()
  })

  test('a key that is away loses nothing: sealed texts wait for it, open ones are read, none is written', async () => {
    await store(1e9, key).write(id(2), bodies)
    await store().write(id(1), bodies)
    const away = store(1e9, 'away')
    await away.write(id(3), bodies)
    expect(await away.read(id(1))).toMatchObject(bodies)
    expect([await away.read(id(2)), await away.read(id(3))]).toEqual([null, null])
    await expect(away.setKey(null)).rejects.toMatchObject({ code: 'keychain-unavailable' })
    expect(await store(1e9, key).read(id(2))).toMatchObject(bodies)
  })

  test('what was kept before is sealed at the next opening, and keeps its place in the order of openings', async () => {
    nowMs -= 5000
    await store().write(id(1), bodies)
    const openedAt = async () => (await stat(join(directory(), `${id(1)}.body`))).mtimeMs
    const before = await openedAt()
    expect(await store(1e9, key).ids()).toEqual([id(1)])
    expect((await readFile(join(directory(), `${id(1)}.body`))).toString('latin1')).toMatch(/^NXB1/)
    expect(await openedAt()).toBeCloseTo(before, -1)
    expect(await store(1e9, key).read(id(1))).toMatchObject(bodies)
    // Written while nothing is encrypted, it is found once more.
    await store().write(id(2), bodies)
    expect((await store(1e9, key).ids()).toSorted()).toEqual([id(1), id(2)])
    expect((await readFile(join(directory(), `${id(2)}.body`))).toString('latin1')).toMatch(/^NXB1/)
  })

  test('switching it on and off writes what is there anew, and keeps the order of openings', async () => {
    const plain = store(150_000)
    const noise = () => ({ request: randomBytes(30_000).toString('base64'), response: null })
    for (const number of [1, 2, 3]) {
      nowMs += 1000
      await plain.write(id(number), noise())
    }
    await plain.setKey(key)
    expect(await onDisk()).toEqual(['NXB1', 'NXB1', 'NXB1'])
    expect(await plain.read(id(3))).not.toBeNull()
    await plain.setKey(null)
    expect(await onDisk()).not.toContain('NXB1')
    nowMs += 1000
    for (const number of [4, 5, 6]) await plain.write(id(number), noise())
    const kept = await plain.ids()
    expect([kept.includes(id(1)), kept.includes(id(6))]).toEqual([false, true])
  })
})

test('the sum of sizes follows every change, and whatever goes is told of', async () => {
  const dropped: string[] = []
  const bodies = createBodyStore({
    directory: directory(),
    limits: { maxBytes: 100_000, maxDays: 60 },
    key: null,
    log: silentLog,
    now: () => nowMs,
    onDrop: (gone) => dropped.push(gone),
  })
  const noise = (bytes: number) => ({ request: randomBytes(bytes).toString('base64'), response: null })
  const agrees = async () => {
    const files = await Promise.all((await readdir(directory())).map((name) => stat(join(directory(), name))))
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    expect(await bodies.size()).toEqual({ bodies: files.length, bytes })
    expect(await store().size()).toEqual({ bodies: files.length, bytes })
  }
  await bodies.write(id(1), noise(20_000))
  await bodies.write(id(1), noise(10_000))
  await agrees()
  await bodies.setKey(randomBytes(32))
  await agrees()
  for (const number of [2, 3, 4, 5]) {
    nowMs += 1000
    await bodies.write(id(number), noise(30_000))
  }
  expect(dropped).toEqual([id(1), id(2)])
  await agrees()
  await writeFile(join(directory(), `${id(3)}.body`), 'damaged')
  expect(await bodies.read(id(3))).toBeNull()
  await agrees()
  nowMs += 61 * 86_400_000
  await bodies.write(id(6), noise(10))
  expect(dropped).toEqual([1, 2, 3, 4, 5].map(id))
  await agrees()
  await bodies.clear()
  await agrees()
  expect(dropped.at(-1)).toBe(id(6))
})

test('what was not opened for so many days goes, but what is still wanted stays while there is room', async () => {
  const bodies = store()
  const text = { request: 'text', response: null }
  for (const number of [1, 2, 3]) await bodies.write(id(number), text)
  bodies.keepLonger(new Set([id(2)]))
  nowMs += 59 * 86_400_000
  await bodies.read(id(3))
  nowMs += 2 * 86_400_000
  await bodies.write(id(4), text)
  expect((await bodies.ids()).sort()).toEqual([id(2), id(3), id(4)])
  expect(await bodies.size()).toMatchObject({ bodies: 3 })
})

test('less room takes hold at once, and clearing leaves nothing', async () => {
  const bodies = store()
  for (const number of [1, 2, 3]) {
    nowMs += 1000
    await bodies.write(id(number), { request: randomBytes(30_000).toString('base64'), response: null })
  }
  bodies.keepLonger(new Set([id(1)]))
  await bodies.setLimits({ maxBytes: 50_000, maxDays: 60 })
  expect(await bodies.ids()).toEqual([id(1)])
  await bodies.clear()
  expect([await bodies.size(), await readdir(directory())]).toEqual([{ bodies: 0, bytes: 0 }, []])
})
