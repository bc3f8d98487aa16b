import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from '../fakes/seeded-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StoredBodies } from '../../src-main/core/ports'
import { bodyTexts } from '../../src-main/core/search/body-text'
import { readQuery } from '../../src-main/core/search/parse-query'
import type { Query } from '../../src-main/core/search/query'
import { containsUnits, textUnits } from '../../src-main/core/search/text-units'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { ledger, openTestReplica, temporaryFolder } from './replica-fixture'
import { plainBatch } from './plain-batch'

const rounds = Number(process.env.NEXUS_TEST_ROUNDS ?? 60)
const fromMs = Date.UTC(2026, 4, 1)
const window = { fromMs, toMs: fromMs + 3_600_000 }
const count = 60
const key = randomBytes(32)
const idOf = (index: number) => `${String(index + 1).padStart(8, '0')}-0000-4000-8000-000000000000`

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let replica: ReplicaStore

beforeEach(async () => {
  folder = await temporaryFolder()
  replica = await openTestReplica(folder.path)
  const ids = Array.from({ length: count }, (_, index) => idOf(index))
  const batch = plainBatch(ids, fromMs * 1000)
  await replica.storeRange({
    range: { fromUs: fromMs * 1000, toUs: window.toMs * 1000 },
    spans: [{ batch, from: 0, to: count }],
  })
})
afterEach(async () => {
  await replica.close()
  await folder.remove()
})

function bodies(said: string, answered: string | null = 'Yes.'): StoredBodies {
  return {
    request: JSON.stringify({ model: 'm', system: 'Be brief.', messages: [{ role: 'user', content: said }] }),
    response:
      answered === null ? null : JSON.stringify({ type: 'message', content: [{ type: 'text', text: answered }] }),
  }
}

async function find(text: string | Query): Promise<string[]> {
  const query = typeof text === 'string' ? readQuery(text)! : text
  const page = await replica.list({ ...window, query, errorsOnly: false, limit: 500, cursor: undefined })
  return page.items.map((row) => row.id).toSorted()
}

const vocabulary = [
  'deploy',
  'deployment',
  'rolled',
  'back',
  'Café',
  'naïve',
  '日本語',
  '日',
  '中国',
  'STRASSE',
  'error_42',
  'a',
  'the',
  '서울',
  'données',
]

test('finds exactly the requests in whose text the words stand, with phrases and beginnings', async () => {
  const said = fc.sample(fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 8 }), {
    numRuns: 40,
    seed: 7,
  })
  const texts = new Map<string, string[]>()
  for (const [index, words] of said.entries()) {
    const stored = bodies(words.join(index % 3 === 0 ? ', ' : ' '), index % 5 === 0 ? null : `Answer ${words[0]}.`)
    await replica.keepBodies(idOf(index), stored)
    texts.set(idOf(index), bodyTexts(stored))
  }
  for (let index = 40; index < 50; index++) {
    const preview = `${vocabulary[index % vocabulary.length]} rolled back`
    await replica.keepPreviews(new Map([[idOf(index), preview]]))
    texts.set(idOf(index), [preview])
  }
  const words = fc.array(fc.constantFrom(...vocabulary, 'cafe', '本', 'unknown', 'brief'), {
    minLength: 1,
    maxLength: 3,
  })
  await fc.assert(
    fc.asyncProperty(words, fc.boolean(), async (chosen, isPrefix) => {
      const text = chosen.join(' ')
      const wanted = textUnits(text)
      const has = (each: string): boolean => containsUnits(textUnits(each), wanted, isPrefix)
      const expected = [...texts].filter(([, all]) => all.some(has)).map(([id]) => id)
      expect(await find({ kind: 'text', text, isPrefix })).toEqual(expected.toSorted())
    }),
    { numRuns: rounds },
  )
})

test('a list with words says how much of it can be searched', async () => {
  for (let index = 0; index < 7; index++) await replica.keepBodies(idOf(index), bodies('something'))
  const list = (text: string) =>
    replica.list({ ...window, query: readQuery(text)!, errorsOnly: false, limit: 5, cursor: undefined })
  // The index follows a moment later.
  await expect
    .poll(async () => (await list('something else')).searchable)
    .toEqual({ kept: 7, of: count, isEncrypted: false })
  expect((await list('something')).total).toBe(7)
  expect((await list('status:ok')).searchable).toBeUndefined()
})

test('a word that is looked for twice in a row is found where it stands so', async () => {
  await replica.keepBodies(idOf(0), bodies('again and once more'))
  await replica.keepBodies(idOf(1), bodies('again again'))
  expect(await find('"again again"')).toEqual([idOf(1)])
})

test('an answer that came later is found, and what it took the place of is not', async () => {
  await replica.keepBodies(idOf(0), bodies('the first question', null))
  expect(await find('question')).toEqual([idOf(0)])
  await replica.keepBodies(idOf(0), bodies('the second wording', 'with an answer'))
  expect(await find('answer')).toEqual([idOf(0)])
  expect(await find('question')).toEqual([])
})

test('a text that is not kept any more is not found, and one that was kept before the index is made up', async () => {
  for (let index = 0; index < 5; index++) await replica.keepBodies(idOf(index), bodies(`word number${index}`))
  expect((await find('word')).length).toBe(5)
  await replica.close()
  const kept = join(folder.path, 'test', 'bodies')
  await rm(join(kept, `${idOf(1)}.body`))
  expect((await readdir(kept)).length).toBe(4)
  replica = await openTestReplica(folder.path)
  expect(await find('word')).toEqual([0, 2, 3, 4].map(idOf))
  await replica.close()
  await forgetIndex()
  replica = await openTestReplica(folder.path)
  await expect.poll(() => find('word')).toEqual([0, 2, 3, 4].map(idOf))
  expect(await find('number3')).toEqual([idOf(3)])
})

/** As a file is that an app without the index wrote. */
const forgetIndex = () => inFile(['text_doc', 'text_term', 'text_word'].map((table) => `DELETE FROM ${table}`))

const file = () => join(folder.path, 'test', 'replica.duckdb')

/** What the last of some statements gives, in the file of a closed replica. */
async function inFile(statements: string[]): Promise<unknown[]> {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(file())
  const connection = await instance.connect()
  let rows: unknown[] = []
  for (const sql of statements) rows = await (await connection.run(sql)).getRowObjectsJS()
  connection.closeSync()
  instance.closeSync()
  return rows
}

/** What the index of a closed replica holds. */
async function readIndex() {
  const [index] = await inFile([
    `SELECT (SELECT count(*) FROM text_doc WHERE whole = 1)::INTEGER AS bodies,
      (SELECT count(*) FROM (SELECT unnest(docs) AS doc FROM text_term) WHERE doc NOT IN (SELECT doc FROM text_doc)
      )::INTEGER AS loose,
      (SELECT list(word ORDER BY word) FROM text_word) AS words,
      (SELECT count(*) FROM text_word WHERE hash NOT IN (SELECT hash FROM text_term))::INTEGER AS unused`,
  ])
  return index as { bodies: number; loose: number; words: string[]; unused: number }
}

const onDisk = async (word: string) => (await readFile(file())).includes(word)

async function searchableFor(word: string) {
  const query = readQuery(word)!
  return (await replica.list({ ...window, query, errorsOnly: false, limit: 5, cursor: undefined })).searchable
}

async function openWith(bodyKey: Buffer | null) {
  replica = await openReplica({ directory: folder.path, sourceKey: 'test', ledger, log: silentLog, bodyKey })
}

async function keepSome() {
  await replica.keepPreviews(new Map([[idOf(0), 'firstline shared']]))
  for (let index = 0; index < 4; index++) await replica.keepBodies(idOf(index), bodies(`shared quixotically${index}`))
}

const onlyFirstLine = { bodies: 0, loose: 0, words: ['firstline', 'shared'], unused: 0 }

test('words of encrypted bodies are nowhere in the file, and come back with the encryption gone', async () => {
  await keepSome()
  await replica.close()
  expect((await readIndex()).words).toContain('quixotically1')
  expect(await onDisk('quixotically1')).toBe(true)
  replica = await openTestReplica(folder.path)
  await replica.bodies.setKey(key)
  expect(await find('quixotically1')).toEqual([])
  expect(await find('"firstline shared"')).toEqual([idOf(0)])
  expect(await find('shared')).toEqual([idOf(0)])
  await replica.keepBodies(idOf(5), bodies('shared quixotically5'))
  expect(await find('quixotically5')).toEqual([])
  expect(await searchableFor('shared')).toEqual({ kept: 0, of: count, isEncrypted: true })
  await replica.close()
  expect(await readIndex()).toEqual(onlyFirstLine)
  expect(await onDisk('quixotically')).toBe(false)

  await openWith(key)
  await replica.keepBodies(idOf(6), bodies('shared quixotically6'))
  expect(await find('shared')).toEqual([idOf(0)])
  await replica.bodies.setKey(null)
  await expect.poll(() => find('shared')).toEqual([0, 1, 2, 3, 5, 6].map(idOf))
  expect(await find('quixotically6')).toEqual([idOf(6)])
  await expect.poll(() => searchableFor('shared')).toEqual({ kept: 6, of: count, isEncrypted: false })
})

test('words that an app left beside encrypted bodies go at the next start', async () => {
  await keepSome()
  await replica.close()
  await openWith(key)
  expect(await find('"shared quixotically1"')).toEqual([])
  await replica.close()
  expect(await readIndex()).toEqual(onlyFirstLine)
  expect(await onDisk('quixotically')).toBe(false)
  replica = await openTestReplica(folder.path)
})

test('clearing the kept bodies leaves none of their words in the file', async () => {
  await keepSome()
  await replica.bodies.setLimits({ maxBytes: 1e9, maxDays: 60 })
  expect((await find('shared')).length).toBe(4)
  await replica.close()
  replica = await openTestReplica(folder.path)
  await replica.bodies.clear()
  expect(await find('shared')).toEqual([idOf(0)])
  await replica.keepBodies(idOf(7), bodies('shared again'))
  expect(await find('shared')).toEqual([idOf(0), idOf(7)])
  await replica.bodies.clear()
  await replica.close()
  expect(await readIndex()).toEqual(onlyFirstLine)
  expect(await onDisk('quixotically')).toBe(false)
  replica = await openTestReplica(folder.path)
})

test('bodies that made room are not found any more, and the index is empty of them', async () => {
  await keepSome()
  expect((await find('shared')).length).toBe(4)
  await replica.close()
  replica = await openTestReplica(folder.path)
  expect((await find('shared')).length).toBe(4)
  const { bytes } = await replica.bodies.size()
  await replica.bodies.setLimits({ maxBytes: bytes / 2, maxDays: 60 })
  const kept = (await replica.bodies.ids()).toSorted()
  expect([1, 2]).toContain(kept.length)
  expect(await find('quixotically*')).toEqual(kept)
  await replica.keepBodies(idOf(8), bodies('later'))
  await replica.close()
  const { words, ...index } = await readIndex()
  expect(index).toEqual({ bodies: (await readdir(join(folder.path, 'test', 'bodies'))).length, loose: 0, unused: 0 })
  const numbered = [0, 1, 2, 3].filter((index) => kept.includes(idOf(index)))
  expect([...words].filter((word) => word.startsWith('quix'))).toEqual(numbered.map((index) => `quixotically${index}`))
  replica = await openTestReplica(folder.path)
  for (const index of [0, 1, 2, 3])
    expect((await find(`quixotically${index}`)).length).toBe(numbered.includes(index) ? 1 : 0)
})

test('texts of tools, thinking, errors and streams are found; pictures and bytes are not', async () => {
  const picture = 'iVBORw0KGgo'
  const stored: StoredBodies = {
    request: JSON.stringify({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
            { type: 'tool_result', tool_use_id: 't', content: 'exit status seventeen' },
          ],
        },
      ],
    }),
    response: JSON.stringify({
      type: 'message',
      content: [
        { type: 'thinking', thinking: 'pondering quietly' },
        { type: 'tool_use', id: 't', name: 'run_command', input: { command: 'make wibble', deep: [{ x: 'nested' }] } },
      ],
    }),
  }
  await replica.keepBodies(idOf(9), stored)
  for (const word of ['seventeen', '"pondering quietly"', 'run_command', 'wibble', 'nested']) {
    expect(await find(word), word).toEqual([idOf(9)])
  }
  expect(await find(picture)).toEqual([])
})
