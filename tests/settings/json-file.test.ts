import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { openJsonFile } from '../../src-main/settings/json-file'
import { silentLog } from '../fakes/silent-log'

const schema = z.object({ theme: z.enum(['light', 'dark']), zone: z.string().default('UTC') })
const fallback = { theme: 'light', zone: 'UTC' } as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-settings-'))
})

const open = (path = join(folder, 'deep', 'settings.json')) => openJsonFile({ path, schema, fallback, log: silentLog })

test('a file that is not there gives the fallback and is not made by reading', async () => {
  const file = await open()
  expect(file.value()).toEqual(fallback)
  expect(readdirSync(join(folder, 'deep'))).toEqual([])
})

test('what was written is there at the next start, readable by the user alone', async () => {
  const path = join(folder, 'settings.json')
  await (await open(path)).write({ theme: 'dark', zone: 'Asia/Kolkata' })
  expect((await open(path)).value()).toEqual({ theme: 'dark', zone: 'Asia/Kolkata' })
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each([
  ['no JSON', '{"theme":'],
  ['a value that does not fit', '{"theme":"purple"}'],
  ['an empty file', ''],
  ['another shape', '[]'],
])('%s is set aside whole and the fallback is used', async (_case, text) => {
  const path = join(folder, 'settings.json')
  writeFileSync(path, text)
  expect((await open(path)).value()).toEqual(fallback)
  const aside = readdirSync(folder).filter((name) => name.startsWith('settings.json.damaged-'))
  expect(aside).toHaveLength(1)
  expect(readFileSync(join(folder, aside[0]!), 'utf8')).toBe(text)
})

test('writes at the same time are done one after the other and the last one stays', async () => {
  const path = join(folder, 'settings.json')
  const file = await open(path)
  await Promise.all(
    Array.from({ length: 30 }, (_, i) => file.write({ theme: i % 2 ? 'dark' : 'light', zone: `Zone/${i}` })),
  )
  expect(file.value().zone).toBe('Zone/29')
  expect(JSON.parse(readFileSync(path, 'utf8')).zone).toBe('Zone/29')
  expect(readdirSync(folder)).toEqual(['settings.json'])
})

test('a value that does not fit is refused and the file stays as it was', async () => {
  const path = join(folder, 'settings.json')
  const file = await open(path)
  await file.write({ theme: 'dark', zone: 'UTC' })
  expect(() => file.write({ theme: 'purple' } as never)).toThrow()
  expect(file.value().theme).toBe('dark')
})

test('of fifty changes at the same time none is lost, and one that fails takes nothing with it', async () => {
  const path = join(folder, 'list.json')
  const file = await openJsonFile({ path, schema: z.array(z.number()), fallback: [], log: silentLog })
  const changes = Array.from({ length: 50 }, (_, number) =>
    file.change((list) => {
      if (number === 20) throw new Error('refused')
      return [...list, number]
    }),
  )
  const outcomes = await Promise.allSettled(changes)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  const expected = Array.from({ length: 50 }, (_, number) => number).filter((number) => number !== 20)
  expect(file.value()).toEqual(expected)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(expected)
})

test('a change that changes nothing writes nothing', async () => {
  const path = join(folder, 'settings.json')
  const file = await open(path)
  expect(await file.change((value) => value)).toEqual(fallback)
  expect(readdirSync(folder)).toEqual([])
})
