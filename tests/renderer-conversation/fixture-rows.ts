import { randomUUID } from 'node:crypto'
import type { RequestRow } from '../../src-main/contract/conversations'

/** A row like any other, with what a test says about it. */
export function fixtureRow(patch: Partial<RequestRow> = {}): RequestRow {
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    domain: 'acme.com',
    model: 'claude-sonnet-4-5-20250929',
    requestType: 'inference',
    inputTokens: 1234,
    outputTokens: 321,
    cacheReadTokens: 15_000,
    cacheWriteTokens: 800,
    totalTokens: 1555,
    costUsd: 0.0123,
    responseTimeMs: 4210,
    stream: true,
    error: false,
    answered: true,
    stopReason: 'end_turn',
    preview: 'Please look at the build that fails.',
    ...patch,
  }
}

const domains = ['acme.com', 'platform.internal.example-company.io', 'shop.example', null]
const models = ['claude-sonnet-4-5-20250929', 'claude-opus-4-1-20250805', 'claude-3-5-haiku-20241022', 'gpt-oss-120b']
const previews = [
  'Refactor the retry logic so that a timeout is not counted twice, and add a test for the boundary.',
  'Why does the invoice total differ from the sum of its lines?',
  'yes',
  '',
  'مرحبا، هل يمكنك تلخيص هذا المستند في ثلاث نقاط؟',
]

/** Rows newest first, one every seven seconds, of every sort that a list shows. */
export function manyRows(count: number): RequestRow[] {
  const nowMs = Date.now()
  return Array.from({ length: count }, (_, index) => {
    const answered = index % 29 !== 3
    const error = index % 17 === 5
    return fixtureRow({
      id: `00000000-0000-4000-8000-${String(count - index).padStart(12, '0')}`,
      timestamp: new Date(nowMs - index * 7000).toISOString(),
      domain: domains[index % domains.length] ?? null,
      model: models[(index * 7) % models.length] ?? null,
      preview: previews[index % previews.length] ?? '',
      inputTokens: answered ? 100 + index * 13 : null,
      outputTokens: answered ? 20 + ((index * 31) % 4000) : null,
      costUsd: index % 11 === 4 ? null : 0.0003 * (1 + (index % 400)),
      responseTimeMs: answered ? 300 + ((index * 977) % 90_000) : null,
      stream: index % 3 !== 0,
      error: answered ? error : null,
      answered,
    })
  })
}
