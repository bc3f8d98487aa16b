import { resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createReadingWork } from '../../src-main/app/reading-work'
import { startReadingWorker, type ReadingWorker } from '../../src-main/app/start-reading-worker'
import { assistant, user } from '../core/threads/told-conversation'
import { silentLog } from '../fakes/silent-log'

const file = resolve(import.meta.dirname, '../../dist/main/reading-worker.js')
const small = {
  request: JSON.stringify({ model: 'claude-opus-4-5', messages: [user('Hello'), assistant('Hi'), user('Go on')] }),
  response: JSON.stringify({ content: 'I do.' }),
}
/** Twelve million characters. */
const large = {
  request: JSON.stringify({ messages: Array.from({ length: 1200 }, (_, i) => user(`${i} `.padEnd(10_000, 'word '))) }),
  response: null,
}

let reader: ReadingWorker
afterEach(() => reader.close())

test('the built thread answers what this one would', async () => {
  reader = startReadingWorker(file, silentLog)
  const here = createReadingWork()
  expect(await reader.work.open('a', small, { characters: 1000 })).toEqual(here.open('a', small, { characters: 1000 }))
  expect(await reader.work.print(small)).toEqual(here.print(small))
  const turn = {
    bodies: small,
    row: { domain: null, model: null, timestampMs: 0, inputTokens: 1, outputTokens: 1 },
    usage: null,
  }
  expect(await reader.work.compare(turn, turn)).toEqual(here.compare(turn, turn))
  expect(await reader.work.knows(7)).toBe(false)
})

test('this thread goes on while a body of twelve million characters is read, and gets a page of it', async () => {
  reader = startReadingWorker(file, silentLog)
  let turns = 0
  const ticking = setInterval(() => turns++, 1)
  const [opened, print] = await Promise.all([
    reader.work.open('b', large, { characters: 50_000 }),
    reader.work.print(large),
  ])
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(5)
  expect(opened.page).toMatchObject({ from: 1196, total: 1200 })
  expect(print).toEqual(createReadingWork().print(large))
})

test('a body that is too much ends the thread and nothing else: the next call is answered by a new one', async () => {
  reader = startReadingWorker(file, silentLog, 20)
  const huge = { request: JSON.stringify({ messages: Array.from({ length: 600_000 }, () => ({})) }), response: null }
  const refused = reader.work.open('c', huge, {})
  const waiting = reader.work.print(small)
  await expect(refused).rejects.toMatchObject({ code: 'internal' })
  await expect(waiting).rejects.toMatchObject({ code: 'internal' })
  expect(await reader.work.print(small)).toEqual(createReadingWork().print(small))
})

test('a closed thread takes no calls', async () => {
  reader = startReadingWorker(file, silentLog)
  await reader.work.close()
  const refused = expect(reader.work.print(small)).rejects.toMatchObject({ code: 'internal' })
  await reader.close()
  await refused
  await expect(reader.work.print(small)).rejects.toMatchObject({ code: 'internal' })
})
