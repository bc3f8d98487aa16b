import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OwnPrices } from '../../src-main/contract/own-prices'
import { createLedger, type PriceLedger } from '../../src-main/core/pricing/create-ledger'
import { createLedgerInForce } from '../../src-main/core/pricing/ledger-in-force'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { briefTable } from '../fakes/brief-table'
import { silentLog } from '../fakes/silent-log'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { allRows, isComplete, stateOf, temporaryFolder } from './replica-fixture'

/*
 * A history that is priced anew must be the history that the same rows would make under the new prices from the start.
 * So two replicas of one database are compared: one opened with the new ledger, one brought there.
 */

const prices: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../resources/claude-prices.json'), 'utf8'),
)
const rows = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 6_000)
const rowsPerSlice = rows / 12
const window = { fromMs: Date.now() - 70 * 86_400_000, toMs: Date.now() + 60_000 }

const own: OwnPrices = {
  prices: [
    {
      id: 'a',
      model: 'an-unknown-model',
      from: null,
      to: null,
      inputUsd: 1.25,
      outputUsd: 7,
      cacheReadUsd: 0.1,
      cacheWrite5mUsd: 2,
      cacheWrite1hUsd: 3,
      long: {
        aboveTokens: 10_000,
        inputUsd: 2.5,
        outputUsd: 14,
        cacheReadUsd: 0.2,
        cacheWrite5mUsd: 4,
        cacheWrite1hUsd: 6,
      },
      fast: null,
      note: '',
    },
  ],
  discounts: [{ id: 'd', domain: 'team-1.example.com', percent: 12.34, from: null, to: null, note: '' }],
}
const former = createLedger(prices)
const next = createLedger(prices, own)

/** Every column null somewhere, several models, tiers, attempts, and rows without an answer. */
const randomRequests = `
  SELECT setseed(0.42);
  INSERT INTO requests
  SELECT gen_random_uuid(), now() - random() * interval '60 days',
    CASE WHEN random() < 0.9 THEN 'team-' || floor(random() * 6)::int || '.example.com' END,
    CASE WHEN random() < 0.95 THEN (ARRAY['claude-opus-4-5-20251101', 'claude-haiku-5-5', 'an-unknown-model'])[1 + floor(random() * 3)::int] END,
    CASE WHEN random() < 0.9 THEN input END, CASE WHEN random() < 0.9 THEN floor(random() * 3000)::int END, NULL,
    CASE WHEN random() < 0.9 THEN jsonb_build_object('type', 'message', 'content', '[]'::jsonb, 'stop_reason', 'end_turn',
      'usage', jsonb_build_object('input_tokens', input, 'output_tokens', 12,
        'cache_read_input_tokens', CASE WHEN random() < 0.8 THEN floor(random() * 20000)::int END,
        'cache_creation', jsonb_build_object('ephemeral_5m_input_tokens', floor(random() * 900)::int,
          'ephemeral_1h_input_tokens', floor(random() * 90)::int),
        'service_tier', CASE WHEN random() < 0.2 THEN 'batch' ELSE 'standard' END,
        'inference_geo', CASE WHEN random() < 0.2 THEN 'us' END,
        'server_tool_use', jsonb_build_object('web_search_requests', floor(random() * 2)::int))
      || CASE WHEN random() < 0.05 THEN jsonb_build_object('iterations', jsonb_build_array(
        jsonb_build_object('type', 'message', 'model', 'claude-opus-5', 'input_tokens', 100, 'output_tokens', 50))) ELSE '{}'::jsonb END) END,
    100, true, 'inference'
  FROM (SELECT floor(random() * 20000)::int AS input FROM generate_series(1, ${rows})) AS made`

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let wanted: Awaited<ReturnType<typeof figuresOf>>

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  const url = await postgres.createDatabase('reprice', briefTable)
  await runSql(url, randomRequests)
  await fill(url, 'wanted', next)
  await fill(url, 'history', former)
  const made = await open('wanted', next)
  wanted = await figuresOf(made)
  await made.close()
})

afterAll(async () => {
  await postgres?.stop()
  await folder?.remove()
})

function open(name: string, ledger: PriceLedger): Promise<ReplicaStore> {
  return openReplica({ directory: folder.path, sourceKey: name, ledger, log: silentLog })
}

async function fill(url: string, name: string, ledger: PriceLedger): Promise<void> {
  const source = createPostgresSource({ databaseUrl: url, log: silentLog })
  const replica = await open(name, ledger)
  await replica.reprice(ledger)
  const sync = createSync({ source, replica, log: silentLog, retentionDays: 90 })
  sync.start()
  await stateOf(sync, isComplete)
  await sync.close()
  await source.close()
  await replica.close()
}

/** Each row's cost, and the sums of the roll-up. */
async function figuresOf(replica: ReplicaStore) {
  const listed = await allRows(replica, window)
  const { current, models, domains } = await replica.overview(window, window, [window.fromMs])
  return { costs: new Map(listed.map(({ id, costUsd }) => [id, costUsd])), current, models, domains }
}

test('a preview says what is changed, by model and month, and changes nothing', async () => {
  const replica = await open('history', former)
  const before = await figuresOf(replica)
  const months = [window.fromMs, Date.now() - 30 * 86_400_000]
  const shares: number[] = []
  const items = await replica.previewPrices(next, months, { onProgress: (share) => shares.push(share) })
  const sum = (of: (item: (typeof items)[number]) => number): number => items.reduce((all, item) => all + of(item), 0)
  expect(sum((item) => item.requests)).toBe(rows)
  expect(sum((item) => item.before.costUsd)).toBeCloseTo(before.current.costUsd, 9)
  expect(sum((item) => item.after.costUsd)).toBeCloseTo(wanted.current.costUsd, 9)
  expect(sum((item) => item.before.unpricedRequests)).toBe(before.current.unpricedRequests)
  expect(sum((item) => item.after.unpricedRequests)).toBe(wanted.current.unpricedRequests)
  const changed = [...wanted.costs].filter(([id, cost]) => before.costs.get(id) !== cost).length
  expect(changed).toBeGreaterThan(0)
  expect(sum((item) => item.changedRequests)).toBeGreaterThanOrEqual(changed)
  for (const { model, total } of wanted.models.map(({ model, costUsd }) => ({ model, total: costUsd }))) {
    const own = items.filter((item) => item.model === model)
    expect(
      own.reduce((all, item) => all + item.after.costUsd, 0),
      model ?? 'none',
    ).toBeCloseTo(total, 9)
  }
  expect(shares.at(-1)).toBe(1)
  expect(await figuresOf(replica)).toEqual(before)
  await replica.close()
})

test('a re-pricing that is broken off goes on in the next run, and ends where a fresh copy would be', async () => {
  const ledger = createLedgerInForce(former)
  let replica = await open('history', ledger)
  expect(await replica.repricedShare(former.key)).toBeNull()
  ledger.replace(next)
  expect(await replica.repricedShare(next.key)).toBe(0)
  const stop = new AbortController()
  let slices = 0
  const onProgress = () => ++slices === 3 && stop.abort()
  await expect(replica.reprice(ledger, { signal: stop.signal, onProgress, rowsPerSlice })).rejects.toThrow()
  const share = await replica.repricedShare(next.key)
  expect(share).toBeGreaterThan(0)
  expect(share).toBeLessThan(0.9)
  const halfway = await figuresOf(replica)
  expect(halfway.models.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(halfway.current.costUsd, 9)

  // Broken in the midst of a transaction: that one is as if it had not begun.
  let priced = 0
  const failing = {
    key: next.key,
    price: (usage: Parameters<PriceLedger['price']>[0]) => {
      if (++priced > rowsPerSlice * 2.5) throw new Error('The power went')
      return next.price(usage)
    },
  }
  await expect(replica.reprice(failing, { rowsPerSlice })).rejects.toThrow()
  expect(await replica.repricedShare(next.key)).toBeGreaterThan(share!)
  await replica.close()

  replica = await open('history', ledger)
  await replica.reprice(ledger)
  expect(await replica.repricedShare(next.key)).toBeNull()
  expect(await figuresOf(replica)).toEqual(wanted)
  await replica.close()
})

test('going back gives the former history again', async () => {
  const replica = await open('history', former)
  await replica.reprice(former)
  const [total] = await replica
    .previewPrices(former, [window.fromMs])
    .then((items) => [items.reduce((all, item) => all + item.changedRequests, 0)])
  expect(total).toBe(0)
  expect((await figuresOf(replica)).current.unpricedRequests).toBeGreaterThan(wanted.current.unpricedRequests)
  await replica.close()
})

test('a copy without rows bears the prices of whoever asks first', async () => {
  const replica = await open('empty', former)
  await replica.reprice(former)
  expect(await replica.repricedShare(former.key)).toBeNull()
  expect(await replica.previewPrices(next, [0])).toEqual([])
  await replica.close()
})
