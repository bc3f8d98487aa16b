import { expect, test } from 'vitest'
import type { ConsoleCost } from '../../../src-main/contract/reconciliation'
import type { CostCell } from '../../../src-main/core/ports'
import { reconcileCosts } from '../../../src-main/core/pricing/reconcile-costs'

const days = ['2026-11-19', '2026-11-20', '2026-11-21']
const names: Record<string, string> = { 'claude opus 5': 'claude-opus-5', 'claude-opus-5': 'claude-opus-5' }
const modelOf = (text: string) => names[text.toLowerCase()] ?? null

const ours = (day: number, costUsd: number, change: Partial<CostCell> = {}): CostCell => ({
  bucket: day,
  domain: 'acme.com',
  model: 'claude-opus-5',
  requests: 10,
  unpricedRequests: 0,
  usagePending: 0,
  costUsd,
  ...change,
})
const theirs = (day: number, costUsd: number, change: Partial<ConsoleCost> = {}): ConsoleCost => ({
  day: days[day]!,
  model: 'Claude Opus 5',
  costUsd,
  listUsd: null,
  ...change,
})
const reconcile = (console: ConsoleCost[], cells: CostCell[]) => reconcileCosts({ console, cells, days, modelOf })

test('a name and an id of one model are the same, domains are summed, and a cent is no difference', () => {
  const { rows, consoleUsd, ownUsd, notes } = reconcile([theirs(1, 3)], [ours(1, 1), ours(1, 2.005, { domain: null })])
  expect(rows).toEqual([
    {
      day: '2026-11-20',
      model: 'claude-opus-5',
      consoleUsd: 3,
      ownUsd: 3.005,
      requests: 20,
      unpricedRequests: 0,
      verdict: 'agrees',
      reason: '',
    },
  ])
  expect([consoleUsd, ownUsd]).toEqual([3, 3.005])
  expect(notes).toEqual([
    '1 of 1 models and days agree within a cent or 0.5%; 0 differ, 0 are in the file alone and 0 here alone.',
    'The totals agree.',
  ])
})

test('what only one book has is named on both sides', () => {
  const { rows } = reconcile([theirs(0, 5, { model: 'Claude 9' }), theirs(0, 1, { model: '' })], [ours(2, 4)])
  expect(rows.map(({ model, verdict }) => [model, verdict])).toEqual([
    ['claude 9', 'console-only'],
    ['', 'console-only'],
    ['claude-opus-5', 'own-only'],
  ])
  expect(rows.every(({ reason }) => reason !== '')).toBe(true)
})

test.each<[string, ConsoleCost[], CostCell[], RegExp]>([
  ['no price', [theirs(1, 9)], [ours(1, 5, { unpricedRequests: 3 })], /3 of its requests have no price/],
  ['usage to be read', [theirs(1, 9)], [ours(1, 5, { usagePending: 7 })], /cache tokens of 7/],
  ['a discount', [theirs(1, 9, { listUsd: 10 })], [ours(1, 10)], /billed 10% less/],
  ['batches', [theirs(1, 5)], [ours(1, 10)], /half of ours/],
  ['the US', [theirs(1, 11)], [ours(1, 10)], /1\.1 times ours/],
  ['midnight', [theirs(1, 8), theirs(2, 12)], [ours(1, 10), ours(2, 10)], /With 2026-11-2[01] it agrees/],
  ['other requests', [theirs(1, 30)], [ours(1, 10)], /beside the proxy/],
  ['a credit', [theirs(1, 7)], [ours(1, 10)], /discount or credit/],
])('a difference has a likely reason: %s', (_, console, cells, reason) => {
  const [row] = reconcile(console, cells).rows
  expect(row).toMatchObject({ verdict: 'differs' })
  expect(row!.reason).toMatch(reason)
})

test('one rate throughout is said once for the whole', () => {
  const { notes } = reconcile([theirs(0, 8), theirs(1, 16), theirs(2, 4)], [ours(0, 10), ours(1, 20), ours(2, 5)])
  expect(notes).toContain('The console is 80.0% of ours throughout: one rate or discount explains it.')
})
