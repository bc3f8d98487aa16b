import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { AnnotationTarget } from '../../src-main/contract/annotations'
import { openAnnotations } from '../../src-main/settings/open-annotations'
import { silentLog } from '../fakes/silent-log'

const first = '0f8fad5b-d9cb-469f-a165-70867728950e'
const second = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const conversationOf = (requestId: string): AnnotationTarget => ({ requestId, message: null })
const messageOf = (requestId: string, index: number): AnnotationTarget => ({
  requestId,
  message: { index, digest: `d${index}` },
})

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nexus-annotations-'))
})
const open = (sourceKey = 'sample') => openAnnotations({ directory, sourceKey, log: silentLog })

test('a pin, a note and tags are kept, each change leaving the rest as it was', async () => {
  const annotations = await open()
  await annotations.change({ target: conversationOf(first), isPinned: true })
  await annotations.change({ target: conversationOf(first.toUpperCase()), tags: ['refund', 'Billing', 'REFUND'] })
  const now = await annotations.change({ target: conversationOf(first), note: 'Ask Ada.' })
  expect(now).toMatchObject({ isPinned: true, tags: ['Billing', 'refund'], note: 'Ask Ada.' })
  const { changedAt } = now!
  expect(Date.now() - Date.parse(changedAt)).toBeLessThan(60_000)
  expect((await open()).all()).toEqual([now])
  expect((await open('other-database')).all()).toEqual([])
})

test('what is marked is found by pin, by tag and by words, messages apart from conversations', async () => {
  const annotations = await open()
  await annotations.change({ target: conversationOf(first), isPinned: true, tags: ['Größe'] })
  await annotations.change({ target: messageOf(second, 3), isPinned: true, note: 'The Timer is wrong' })
  await annotations.change({ target: messageOf(second, 4), tags: ['other'] })
  expect(annotations.pinned()).toEqual({ requestIds: [second], conversationsOf: [first] })
  expect(annotations.tagged(' GRÖßE ')).toEqual({ requestIds: [], conversationsOf: [first] })
  expect(annotations.tagged('gro')).toEqual({ requestIds: [], conversationsOf: [] })
  expect(annotations.tagged()).toEqual({ requestIds: [second], conversationsOf: [first] })
  expect(annotations.noted('timer')).toEqual({ requestIds: [second], conversationsOf: [] })
  expect(annotations.noted()).toEqual({ requestIds: [second], conversationsOf: [] })
  expect(annotations.noted('clock')).toEqual({ requestIds: [], conversationsOf: [] })
})

test('what is removed can be brought back as it was, and an empty annotation is none', async () => {
  const annotations = await open()
  const target = messageOf(first, 0)
  await annotations.change({ target, isPinned: true, tags: ['a'], note: 'n' })
  const removed = await annotations.remove(target)
  expect(annotations.all()).toEqual([])
  expect(await annotations.remove(target)).toBeNull()
  const { isPinned, tags, note } = removed!
  expect(await annotations.change({ target, isPinned, tags, note })).toMatchObject({ isPinned, tags, note })
  expect(await annotations.change({ target, isPinned: false, tags: [], note: '' })).toBeNull()
  expect((await open()).all()).toEqual([])
})

test('changes at the same moment all stand, and each is told', async () => {
  const annotations = await open()
  let told = 0
  const stop = annotations.onChange(() => told++)
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => annotations.change({ target: messageOf(first, index), isPinned: true })),
  )
  expect(annotations.all()).toHaveLength(20)
  expect(told).toBe(20)
  stop()
  await annotations.remove(messageOf(first, 0))
  expect(told).toBe(20)
})

test('a damaged file is set aside whole', async () => {
  writeFileSync(join(directory, 'sample.json'), '{"annotations":[{"target":7}]}')
  expect((await open()).all()).toEqual([])
  expect(readdirSync(directory)).toEqual([expect.stringMatching(/^sample\.json\.damaged-\d+$/)])
})

test('more than a page can hold are refused with a sentence, and what is there can still be changed', async () => {
  const annotations = Array.from({ length: 10_000 }, (_, index) => ({
    target: messageOf(first, index),
    isPinned: true,
    tags: [],
    note: '',
    changedAt: '2026-11-24T00:00:00.000Z',
  }))
  writeFileSync(join(directory, 'sample.json'), JSON.stringify({ annotations }))
  const full = await open()
  await expect(full.change({ target: messageOf(second, 0), isPinned: true })).rejects.toMatchObject({
    code: 'too-large',
    message: 'There are 10000 annotations in this workspace already.',
  })
  expect(await full.change({ target: messageOf(first, 5), note: 'still' })).toMatchObject({ note: 'still' })
})

test('several are changed at once, with one word to who listens, and all of them can be brought back', async () => {
  const annotations = await open()
  await annotations.change({ target: conversationOf(first), note: 'Ask Ada.', tags: ['refund'] })
  let told = 0
  annotations.onChange(() => told++)
  const former = await annotations.changeAll([
    { target: conversationOf(first), isPinned: true },
    { target: conversationOf(second), isPinned: true },
  ])
  expect(told).toBe(1)
  expect(former).toEqual([expect.objectContaining({ note: 'Ask Ada.', isPinned: false }), null])
  expect(annotations.pinned().conversationsOf.toSorted()).toEqual([first, second].toSorted())
  await annotations.changeAll([
    { target: conversationOf(first), isPinned: false, tags: former[0]!.tags, note: former[0]!.note },
    { target: conversationOf(second), isPinned: false, tags: [], note: '' },
  ])
  expect(annotations.all()).toEqual([{ ...former[0], changedAt: expect.any(String) }])
})
