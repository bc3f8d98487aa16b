import type { PriceRow } from '../../contract/costs'
import type { ListChange } from '../../contract/own-prices'
import { listPrices } from './list-prices'
import { parsePriceFile } from './price-file'

const kinds = [
  ['inputUsd', 'input'],
  ['outputUsd', 'output'],
  ['cacheReadUsd', 'cache read'],
  ['cacheWrite5mUsd', '5-minute write'],
  ['cacheWrite1hUsd', '1-hour write'],
] as const

/** What `next` changes against `current`, both whole price files. Throws `invalid-input` for one that cannot be used. */
export function listChanges(current: unknown, next: unknown): ListChange[] {
  const before = listPrices(parsePriceFile(current))
  const after = listPrices(parsePriceFile(next))
  const changes: ListChange[] = []
  const factors: [string, number, number][] = [
    ['Batch factor', before.batchFactor, after.batchFactor],
    ['US and region factor', before.regionFactor, after.regionFactor],
    ['1,000 web searches', before.webSearchUsdPerThousand, after.webSearchUsdPerThousand],
  ]
  for (const [model, was, is] of factors) {
    if (was !== is) changes.push({ kind: 'changed', model, text: `${was} becomes ${is}.` })
  }
  const former = new Map(before.models.map((model) => [model.id, model]))
  for (const { id, name, rows } of after.models) {
    const known = former.get(id)
    former.delete(id)
    if (!known) changes.push({ kind: 'added', model: name, text: rows.map(describeRow).join(' ') })
    else {
      const text = rowChanges(known.rows, rows).join(' ')
      if (text !== '') changes.push({ kind: 'changed', model: name, text })
    }
  }
  for (const { name } of former.values()) {
    changes.push({ kind: 'removed', model: name, text: 'Requests of this model will have no price.' })
  }
  return changes
}

function rowChanges(before: readonly PriceRow[], after: readonly PriceRow[]): string[] {
  const former = new Map(before.map((row) => [nameOf(row), row]))
  const sentences: string[] = []
  for (const row of after) {
    const name = nameOf(row)
    const was = former.get(name)
    former.delete(name)
    if (!was) sentences.push(`New: ${describeRow(row)}`)
    else {
      const cells = kinds.flatMap(([key, label]) =>
        was[key] === row[key] ? [] : [`${label} ${usd(was[key])} becomes ${usd(row[key])}`],
      )
      if (cells.length > 0) sentences.push(`${name}: ${cells.join(', ')}.`)
    }
  }
  for (const name of former.keys()) sentences.push(`Gone: ${name}.`)
  return sentences
}

function describeRow(row: PriceRow): string {
  return `${nameOf(row)}: ${kinds.map(([key, label]) => `${label} ${usd(row[key])}`).join(', ')}.`
}

function nameOf({ from, to, band, aboveTokens }: PriceRow): string {
  const days =
    from === null && to === null
      ? 'Always'
      : from === null
        ? `Until ${to}`
        : to === null
          ? `From ${from}`
          : `${from} to ${to}`
  if (band === 'fast') return `${days}, fast mode`
  return band === 'long' ? `${days}, over ${(aboveTokens ?? 0).toLocaleString('en-US')} tokens` : days
}

function usd(rate: number | null): string {
  return rate === null ? 'no price' : `$${rate}`
}
