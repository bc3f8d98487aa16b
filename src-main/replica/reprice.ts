import { setImmediate as nextTurn } from 'node:timers/promises'
import { DuckDBDataChunk } from '@duckdb/node-api'
import { Failure } from '../core/failure'
import type { CancelSignal, KeyedPricer, ModelMonthDifference, RepriceOptions, Repricing } from '../core/ports'
import { hourOf, rollUpStretch } from './hourly'
import { createPriceDifference } from './price-difference'
import { priceRequest } from './price-request'
import type { TimeRange } from './replica-store'
import { scanPrices } from './scan-prices'
import { requestColumns } from './schema'
import type { Session, Statements } from './session'
import { endOfTimeUs, hourUs } from './time-units'
import type { WriteContext } from './write-rows'

/** A fraction of a second's work, so that the sync gets its turn. */
const defaultRowsPerSlice = 20_000
const rowsPerChunk = 2048
const stageTypes = [requestColumns.timestamp_us, requestColumns.cost_pico, requestColumns.pricing]

interface Slice extends TimeRange {
  rows: number
}

/** A stored request whose price is another now. */
interface NewPrice {
  row: number
  picoUsd: number
  pricing: number
}

/** Prices of stored rows; `pricing_state` says whose they are and how far down. */
export function createRepricing({ session, words, watermark }: WriteContext, reader: () => Session): Repricing {
  async function reprice(pricer: KeyedPricer, options: RepriceOptions = {}): Promise<void> {
    const { signal, onProgress, rowsPerSlice, isAnew = false } = options
    const { key } = pricer
    const startUs = await session.use((statements) => begin(statements, key, isAnew))
    const slices = await reader().use((statements) => readSlices(statements, watermark.rolledUntilHour, rowsPerSlice))
    const left = slices.filter((slice) => slice.fromUs < startUs)
    const total = slices.reduce((sum, { rows }) => sum + rows, 0)
    let done = total - left.reduce((sum, { rows }) => sum + rows, 0)
    for (const slice of left) {
      stopIf(signal)
      await session.use((statements) => repriceSlice(statements, slice, pricer))
      done += slice.rows
      onProgress?.(total === 0 ? 1 : done / total)
    }
    await session.use(async (statements) => {
      await statements.rows('UPDATE pricing_state SET priced_from_us = 0 WHERE ledger_key = $1', [key])
    })
  }

  /** Where to go on from; the top where the stored prices are of another ledger. */
  async function begin(statements: Statements, key: string, isAnew: boolean): Promise<number> {
    const state = await readState(statements)
    if (state?.key === key && !isAnew) return state.fromUs
    await statements.transaction(async () => {
      await statements.run('DELETE FROM pricing_state')
      await statements.rows('INSERT INTO pricing_state VALUES ($1, $2)', [key, endOfTimeUs])
    })
    return endOfTimeUs
  }

  async function repriceSlice(statements: Statements, slice: Slice, pricer: KeyedPricer): Promise<void> {
    await statements.transaction(async () => {
      const changed: NewPrice[] = []
      await scanPrices(statements, words, slice, ({ row, usage, costPico, pricing }) => {
        const price = priceRequest(pricer, usage)
        if (price.picoUsd === costPico && price.pricing === pricing) return
        changed.push({ row, ...price })
      })
      if (changed.length > 0) {
        await stagePrices(statements, changed)
        await statements.run(`UPDATE request SET cost_pico = s.cost_pico, pricing = s.pricing FROM price_stage s
          WHERE request.timestamp_us >= ${slice.fromUs} AND request.timestamp_us < ${slice.toUs}
            AND request.rowid = s.place`)
        const { rolledUntilHour } = watermark
        await rollUpStretch(statements, hourOf(slice.fromUs), Math.ceil(slice.toUs / hourUs), rolledUntilHour)
      }
      await statements.rows('UPDATE pricing_state SET priced_from_us = $1 WHERE ledger_key = $2', [
        slice.fromUs,
        pricer.key,
      ])
    })
    await statements.run('DROP TABLE IF EXISTS price_stage')
  }

  async function previewPrices(
    pricer: KeyedPricer,
    monthStarts: readonly number[],
    { signal, onProgress, rowsPerSlice }: RepriceOptions = {},
  ): Promise<ModelMonthDifference[]> {
    const difference = createPriceDifference(monthStarts, words)
    const slices = await reader().use((statements) => readSlices(statements, watermark.rolledUntilHour, rowsPerSlice))
    const total = slices.reduce((sum, { rows }) => sum + rows, 0)
    let done = 0
    for (const slice of slices) {
      stopIf(signal)
      await reader().use((statements) =>
        statements.transaction(() =>
          scanPrices(statements, words, slice, (stored) => difference.add(stored, priceRequest(pricer, stored.usage))),
        ),
      )
      done += slice.rows
      onProgress?.(done / total)
    }
    return difference.items()
  }

  return {
    reprice,
    previewPrices,
    repricedShare: (key) =>
      reader().use(async (statements) => {
        const state = await readState(statements)
        if (state?.key === key && state.fromUs === 0) return null
        const fromUs = state?.key === key ? state.fromUs : endOfTimeUs
        const [rows] = await statements.rows<{ all: number; priced: number }>(
          `SELECT count(*)::DOUBLE AS "all", (count(*) FILTER (timestamp_us >= $1))::DOUBLE AS priced FROM request`,
          [fromUs],
        )
        return rows!.all === 0 ? null : rows!.priced / rows!.all
      }),
    oldestMs: () =>
      reader().use(async (statements) => {
        const [oldest] = await statements.rows<{ us: number | null }>(
          'SELECT min(timestamp_us)::DOUBLE AS us FROM request',
        )
        return oldest!.us === null ? null : oldest!.us / 1000
      }),
  }
}

function stopIf(signal: CancelSignal | undefined): void {
  if (signal?.aborted) throw new Failure('query-cancelled')
}

async function readState(statements: Statements): Promise<{ key: string; fromUs: number } | undefined> {
  const [state] = await statements.rows<{ key: string; fromUs: number }>(
    'SELECT ledger_key AS key, priced_from_us::DOUBLE AS "fromUs" FROM pricing_state',
  )
  return state
}

/** All time in stretches of whole hours of about as many rows, newest first; the newest hours are counted. */
async function readSlices(
  statements: Statements,
  rolledUntilHour: number,
  rowsPerSlice = defaultRowsPerSlice,
): Promise<Slice[]> {
  const rolledUntilUs = rolledUntilHour * hourUs
  const hours = await statements.rows<{ hour: number; rows: number }>(
    `SELECT hour::DOUBLE AS hour, sum(requests) AS rows FROM hourly GROUP BY hour ORDER BY hour DESC`,
  )
  const [newest] = await statements.rows<{ rows: number }>(
    `SELECT count(*)::DOUBLE AS rows FROM request WHERE timestamp_us >= $1`,
    [rolledUntilUs],
  )
  const slices: Slice[] = [{ fromUs: rolledUntilUs, toUs: endOfTimeUs, rows: newest!.rows }]
  for (const { hour, rows } of hours) {
    const last = slices.at(-1)!
    const fromUs = hour * hourUs
    if (last.rows === 0 || last.rows + rows <= rowsPerSlice) {
      last.fromUs = fromUs
      last.rows += rows
    } else slices.push({ fromUs, toUs: last.fromUs, rows })
  }
  return slices.filter(({ rows }) => rows > 0)
}

async function stagePrices(statements: Statements, changed: NewPrice[]): Promise<void> {
  await statements.run(
    'CREATE OR REPLACE TEMP TABLE price_stage (place BIGINT NOT NULL, cost_pico BIGINT NOT NULL, pricing UTINYINT NOT NULL)',
  )
  const appender = await statements.connection.createAppender('price_stage', 'main', 'temp')
  try {
    for (let start = 0; start < changed.length; start += rowsPerChunk) {
      const part = changed.slice(start, start + rowsPerChunk)
      const chunk = DuckDBDataChunk.create(stageTypes, part.length)
      chunk.setRows(part.map(({ row, picoUsd, pricing }) => [BigInt(row), BigInt(picoUsd), pricing]))
      appender.appendDataChunk(chunk)
      appender.flushSync()
      await nextTurn()
    }
  } finally {
    appender.closeSync()
  }
}
