import { afterAll, beforeAll, expect, test } from 'vitest'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { silentLog } from '../fakes/silent-log'
import { plainBatch } from './plain-batch'
import { ledger, temporaryFolder } from './replica-fixture'

const fromUs = Date.UTC(2026, 4, 1) * 1000
const hourUs = 3_600_000_000
const ids = Array.from({ length: 60 }, (_, n) => `${n.toString(16).padStart(8, '0')}-abcd-4000-8000-000000000000`)
const window = { fromMs: fromUs / 1000, toMs: (fromUs + 4 * hourUs) / 1000, errorsOnly: false }

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let replica: ReplicaStore

beforeAll(async () => {
  folder = await temporaryFolder()
  replica = await openReplica({ directory: folder.path, sourceKey: 'test', ledger, log: silentLog })
  await store(ids, fromUs)
})

afterAll(async () => {
  await replica.close()
  await folder.remove()
})

/** Replaces an hour by these rows, none of which lies on a whole millisecond. */
async function store(some: readonly string[], hourFromUs: number): Promise<void> {
  const batch = plainBatch(some, hourFromUs + 999)
  const range = { fromUs: hourFromUs, toUs: hourFromUs + hourUs }
  await replica.storeRange({ range, spans: [{ batch, from: 0, to: some.length }] })
}

const found = async (asked: string[]) => (await replica.rows(asked)).map(({ row }) => row.id)

test('rows are found by their ids, listed before or not, in the order that was asked', async () => {
  const asked = [ids[50]!, ids[3]!, '00000000-0000-4000-8000-ffffffffffff', ids[20]!.toUpperCase()]
  const wanted = [ids[50]!, ids[3]!, ids[20]!]
  expect(await found(asked)).toEqual(wanted)
  const { items } = await replica.list({ ...window, limit: 15, cursor: undefined })
  expect(items.map(({ id }) => id)).toContain(ids[50])
  expect(items.map(({ id }) => id)).not.toContain(ids[3])
  expect(await found(asked)).toEqual(wanted)
})

test('a row that was listed and has another time since, or is gone, is what the table says', async () => {
  await replica.list({ ...window, limit: 60, cursor: undefined })
  await store(ids.slice(0, 30), fromUs)
  await store([ids[40]!], fromUs + 2 * hourUs)
  const rows = await replica.rows([ids[40]!, ids[41]!, ids[5]!])
  expect(rows.map(({ row }) => [row.id, row.timestamp])).toEqual([
    [ids[40], '2026-05-01T02:00:00.000Z'],
    [ids[5], '2026-05-01T00:00:05.000Z'],
  ])
  expect((await replica.thread(ids[40]!))?.requests.map(({ row }) => row.timestamp)).toEqual([
    '2026-05-01T02:00:00.000Z',
  ])
  expect(await replica.thread(ids[41]!)).toBeNull()
})
