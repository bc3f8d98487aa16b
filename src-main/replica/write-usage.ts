import { DuckDBDataChunk, uuidValue, type DuckDBType, type DuckDBValue } from '@duckdb/node-api'
import type { AnswerFacts, RequestUsage } from '../core/ports'
import { toUsageToPrice } from '../core/pricing/usage-to-price'
import { momentsOf } from './commit-watch'
import { hourOf, rollUpHours } from './hourly'
import { priceRequest } from './price-request'
import type { RowKey, TimeRange } from './replica-store'
import {
  columnList,
  pendingCondition,
  requestColumns,
  sourceNull,
  toolCallColumns,
  toolsPendingCondition,
  usageNull,
} from './schema'
import { uuidList, type Statements } from './session'
import { hourUs } from './time-units'
import type { WriteContext } from './write-rows'

const { timestamp_us, id, cost_pico, pricing } = requestColumns
const { usage_nulls, usage_input_tokens, usage_output_tokens } = requestColumns
const { cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, web_searches } = requestColumns
const { split_unknown, is_error, service_tier, speed, inference_geo, stop_reason } = requestColumns

const keyColumns = { timestamp_us, id }
const usageColumns = {
  cost_pico,
  pricing,
  usage_nulls,
  usage_input_tokens,
  usage_output_tokens,
  cache_read_tokens,
  cache_write_5m_tokens,
  cache_write_1h_tokens,
  web_searches,
  split_unknown,
  is_error,
  service_tier,
  speed,
  inference_geo,
  stop_reason,
}
const readColumns = { ...keyColumns, ...usageColumns }
const toolCalls: AppendTo = { name: 'tool_call', catalogue: null, columns: toolCallColumns }
const rowsPerChunk = 2048

/** The second pass: what the answers say beside the token columns. */
export function createUsageWrites({ session, words, pricer, watermark }: WriteContext) {
  async function rowsWithoutUsage(sinceUs: number, limit: number): Promise<RowKey[]> {
    return session.use(async (statements) => {
      const pending = await rowsPending(statements, sinceUs, limit)
      if (pending.length > 0) return pending
      return newestRows(statements, toolsPendingCondition, { fromUs: sinceUs, toUs: Infinity }, limit)
    })
  }

  async function rowsPending(statements: Statements, sinceUs: number, limit: number): Promise<RowKey[]> {
    const rolledUntilUs = watermark.rolledUntilHour * hourUs
    const open = { fromUs: Math.max(sinceUs, rolledUntilUs), toUs: Infinity }
    const newest = await newestRows(statements, pendingCondition, open, limit)
    if (newest.length === limit) return newest
    // The roll-up says which hours have any, so that the search for the next few rows is no search through all.
    const hours = await statements.rows<{ hour: number; pending: number }>(`
        SELECT hour::DOUBLE AS hour, sum(pending) AS pending FROM hourly
        WHERE pending > 0 AND hour >= ${hourOf(sinceUs)} GROUP BY hour ORDER BY hour DESC LIMIT ${limit}`)
    let found = newest.length
    let lowest: number | undefined
    for (const { hour, pending } of hours) {
      if (found >= limit) break
      found += pending
      lowest = hour
    }
    if (lowest === undefined) return newest
    const older = { fromUs: Math.max(sinceUs, lowest * hourUs), toUs: rolledUntilUs }
    return [...newest, ...(await newestRows(statements, pendingCondition, older, limit - newest.length))]
  }

  async function keepUsage(asked: RowKey[], answers: AnswerFacts[]): Promise<void> {
    for (let start = 0; start < asked.length; start += rowsPerChunk) {
      await session.use((statements) => keepPart(statements, asked.slice(start, start + rowsPerChunk), answers))
    }
  }

  async function keepPart(statements: Statements, asked: RowKey[], answers: AnswerFacts[]): Promise<void> {
    const answerById = new Map(answers.map((answer) => [answer.id.toLowerCase(), answer]))
    await words.learn(
      statements,
      answers.flatMap(({ serviceTier, speed, inferenceGeo, stopReason, tools }) => [
        serviceTier,
        speed,
        inferenceGeo,
        stopReason,
        ...tools.map(({ name }) => name),
      ]),
    )
    const times = asked.map((key) => key.timestampUs)
    const within = `timestamp_us BETWEEN ${Math.min(...times)} AND ${Math.max(...times)}`
    const rows = await statements.rows<RowToPrice>(`
      SELECT timestamp_us::DOUBLE AS "timestampUs", id::VARCHAR AS id, domain, model, source_nulls AS nulls,
        input_tokens AS "inputTokens", output_tokens AS "outputTokens"
      FROM request WHERE ${within} AND id IN ${uuidList(asked.map((key) => key.id))} AND answered = 1`)
    if (rows.length === 0) return
    const values = rows.map((row) => usageValues(row, answerById.get(row.id) ?? null))
    await statements.run(`CREATE OR REPLACE TEMP TABLE usage_stage (${columnList(readColumns)})`)
    await appendValues(statements, { name: 'usage_stage', catalogue: 'temp', columns: readColumns }, values)
    await statements.transaction(async () => {
      const assignments = Object.keys(usageColumns).map((column) => `${column} = s.${column}`)
      await statements.run(`UPDATE request r SET usage_read = 1, tools_read = 1, ${assignments.join(', ')}
        FROM usage_stage s WHERE r.${within} AND r.timestamp_us = s.timestamp_us AND r.id = s.id`)
      await keepIterations(statements, answers)
      await keepTools(statements, rows, answerById)
      await rollUpHours(
        statements,
        rows.map((row) => hourOf(row.timestampUs)),
        watermark.rolledUntilHour,
      )
    }, momentsOf(rows))
    await statements.run('DROP TABLE usage_stage')
  }

  function usageValues(row: RowToPrice, usage: RequestUsage | null): DuckDBValue[] {
    const toPrice = toUsageToPrice(
      {
        model: words.text(row.model),
        domain: words.text(row.domain),
        timestampMs: row.timestampUs / 1000,
        inputTokens: row.nulls & sourceNull.inputTokens ? null : row.inputTokens,
        outputTokens: row.nulls & sourceNull.outputTokens ? null : row.outputTokens,
      },
      usage,
    )
    const price = priceRequest(pricer, toPrice)
    const figures = Object.keys(usageNull) as (keyof typeof usageNull)[]
    const nulls = figures.reduce(
      (bits, figure) => bits | ((usage?.[figure] ?? null) === null ? usageNull[figure] : 0),
      0,
    )
    return [
      BigInt(row.timestampUs),
      toUuid(row.id),
      BigInt(Math.round(price.picoUsd)),
      price.pricing,
      nulls,
      ...figures.map((figure) => toInt32(usage?.[figure] ?? 0)),
      usage?.cacheWriteSplitUnknown ? 1 : 0,
      usage?.isError ? 1 : 0,
      words.code(usage?.serviceTier ?? null),
      words.code(usage?.speed ?? null),
      words.code(usage?.inferenceGeo ?? null),
      words.code(usage?.stopReason ?? null),
    ]
  }

  async function keepTools(
    statements: Statements,
    rows: RowToPrice[],
    answerById: Map<string, AnswerFacts>,
  ): Promise<void> {
    const times = rows.map((row) => row.timestampUs)
    await statements.run(`DELETE FROM tool_call
      WHERE timestamp_us BETWEEN ${Math.min(...times)} AND ${Math.max(...times)} AND id IN ${uuidList(rows.map((row) => row.id))}`)
    const calls = rows.flatMap((row) =>
      (answerById.get(row.id)?.tools ?? []).map((tool): DuckDBValue[] => [
        BigInt(row.timestampUs),
        toUuid(row.id),
        row.domain,
        row.model,
        words.code(tool.name),
        toInt32(tool.calls),
      ]),
    )
    if (calls.length > 0) await appendValues(statements, toolCalls, calls)
  }

  return { rowsWithoutUsage, keepUsage }
}

interface RowToPrice extends RowKey {
  domain: number
  model: number
  nulls: number
  inputTokens: number
  outputTokens: number
}

async function newestRows(
  statements: Statements,
  condition: string,
  { fromUs, toUs }: TimeRange,
  limit: number,
): Promise<RowKey[]> {
  const before = toUs === Infinity ? '' : `AND timestamp_us < ${toUs}`
  return statements.rows<RowKey>(`
    SELECT timestamp_us::DOUBLE AS "timestampUs", id::VARCHAR AS id FROM request
    WHERE timestamp_us >= ${fromUs} ${before} AND ${condition}
    ORDER BY timestamp_us DESC, request.id DESC LIMIT ${limit}`)
}

interface AppendTo {
  name: string
  catalogue: 'temp' | null
  columns: Record<string, DuckDBType>
}

async function appendValues(statements: Statements, to: AppendTo, rows: DuckDBValue[][]): Promise<void> {
  const appender = await statements.connection.createAppender(to.name, 'main', to.catalogue)
  try {
    for (let start = 0; start < rows.length; start += rowsPerChunk) {
      const part = rows.slice(start, start + rowsPerChunk)
      const chunk = DuckDBDataChunk.create(Object.values(to.columns), part.length)
      chunk.setRows(part)
      appender.appendDataChunk(chunk)
    }
  } finally {
    appender.closeSync()
  }
}

async function keepIterations(statements: Statements, usages: RequestUsage[]): Promise<void> {
  const kept = usages.filter((usage) => usage.iterations !== null)
  if (kept.length === 0) return
  await statements.run(`DELETE FROM iterations WHERE id IN ${uuidList(kept.map((usage) => usage.id))}`)
  for (const { id, iterations } of kept) {
    await statements.rows('INSERT INTO iterations VALUES ($1::UUID, $2, $3)', [id, iterations!, Date.now() * 1000])
  }
}

function toUuid(id: string): DuckDBValue {
  return uuidValue(BigInt(`0x${id.replaceAll('-', '')}`))
}

/** The API's counts fit; a body may hold anything. */
function toInt32(value: number): number {
  return Math.min(Math.max(Math.trunc(value), 0), 2_147_483_647)
}
