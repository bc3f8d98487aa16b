import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PriceRow } from '../../../src-main/contract/costs'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'

const ledger = createLedger(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/claude-prices.json'), 'utf8')),
)

/** A moment at which the row holds. */
function within({ from, to }: PriceRow): number {
  if (from !== null) return Date.parse(from)
  return to === null ? Date.UTC(2026, 10, 20) : Date.parse(to) - 1
}

function priceOf(model: string, row: PriceRow, counts: { inputTokens?: number; outputTokens?: number }): number | null {
  const { picoUsd } = ledger.price({
    model,
    domain: null,
    timestampMs: within(row),
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    cacheWriteSplitUnknown: false,
    webSearches: 0,
    serviceTier: null,
    speed: row.band === 'fast' ? 'fast' : null,
    inferenceGeo: null,
    iterations: null,
    ...counts,
  })
  return picoUsd
}

test('a request costs what the list says, in every row of it', () => {
  const { models } = ledger.list()
  expect(models.length).toBe(30)
  for (const { id, rows } of models) {
    for (const row of rows) {
      const inputTokens = (row.aboveTokens ?? 999) + 1
      const inputPico = priceOf(id, row, { inputTokens })!
      expect(inputPico / inputTokens / 1e6, `${id} ${row.band}`).toBeCloseTo(row.inputUsd, 9)
      const bothPico = priceOf(id, row, { inputTokens, outputTokens: 1000 })!
      expect((bothPico - inputPico) / 1000 / 1e6, `${id} ${row.band}`).toBeCloseTo(row.outputUsd, 9)
    }
  }
})

test('every model of the list says where its price comes from', () => {
  for (const { id, sources, confidence } of ledger.list().models) {
    expect(sources.length, id).toBeGreaterThan(0)
    expect(confidence, id).not.toBe('')
    for (const { url } of sources) expect(new URL(url).protocol).toBe('https:')
  }
})
