import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

/* What makes a test fail by chance, as far as it can be read off its text. */

const folder = resolve(import.meta.dirname, '..')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/^(bench|architecture)\b/.test(name))
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(join(folder, name), 'utf8') }))

const where = (isWrong: (text: string) => boolean) => files.filter(({ text }) => isWrong(text)).map(({ name }) => name)

test('a state is waited for with the patience of a busy machine', () => {
  expect(where((text) => /\bvi\.wait(For|Until)\(/.test(text))).toEqual(['fakes/eventually.ts'])
})

test('properties are drawn from a seed that stands still', () => {
  expect(where((text) => text.includes(`from 'fast-check'`))).toEqual(['fakes/seeded-check.ts'])
})

test('rows that PostgreSQL draws are the same in each run', () => {
  expect(where((text) => /\bINSERT\b[^]*[^.\w]random\(\)/i.test(text) && !text.includes('setseed('))).toEqual([])
})
