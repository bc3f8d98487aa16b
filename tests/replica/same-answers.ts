import { expect } from 'vitest'
import type { QueryWindow } from '../../src-main/core/ports'
import type { ReplicaStore } from '../../src-main/replica/open-replica'
import { runSql } from '../fakes/test-postgres'
import { ledger } from './replica-fixture'

/** A question over a window, in buckets of a time zone. */
export interface AskedWindow {
  window: QueryWindow
  bucketStarts: number[]
}

/** One statistic that the app shows: what the replica answers, and what SQL says of the source. */
interface Statistic {
  name: string
  ours(replica: ReplicaStore, asked: AskedWindow): Promise<unknown>
  theirs(sql: Sql, asked: AskedWindow): Promise<unknown>
}

type Row = Record<string, unknown>
type Sql = (text: string) => Promise<Row[]>

const tokens = `coalesce(sum(input_tokens), 0)::float8 AS "inputTokens", coalesce(sum(output_tokens), 0)::float8 AS "outputTokens"`
const isError = `coalesce(response_body ->> 'type' = 'error', false)`
const figureNames = [
  'requests',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'unpricedRequests',
  'errors',
  'activeDomains',
] as const

/**
 * Every statistic, each told apart. A new one is a new entry: `ours` asks the replica, `theirs` the table `requests`
 * itself, and both give the same plain value.
 */
const statistics: Statistic[] = [
  {
    name: 'figures',
    ours: async (replica, { window }) => {
      const { current } = await replica.overview(window, window, [window.fromMs])
      return { ...pick(current, figureNames), picoUsd: Math.round(current.costUsd * 1e12) }
    },
    theirs: async (sql, { window }) => figuresOf(await sql(pricedSql(window))),
  },
  {
    name: 'timeline',
    ours: async (replica, { window, bucketStarts }) => {
      const { timeline } = await replica.overview(window, window, bucketStarts)
      return timeline.points.map(({ start, costUsd, ...point }) => ({
        start: Date.parse(start),
        ...pick(point, ['requests', 'inputTokens', 'outputTokens', 'errors', 'activeDomains']),
        picoUsd: Math.round(costUsd * 1e12),
      }))
    },
    theirs: async (sql, { window, bucketStarts }) => {
      const rows = await sql(pricedSql(window))
      return bucketStarts.map((start, index) => {
        const endMs = bucketStarts[index + 1] ?? window.toMs
        const within = rows.filter(({ timestampMs }) => Number(timestampMs) >= start && Number(timestampMs) < endMs)
        const { picoUsd, ...figures } = figuresOf(within)
        const names = ['requests', 'inputTokens', 'outputTokens', 'errors', 'activeDomains'] as const
        return { start, ...pick(figures, names), picoUsd }
      })
    },
  },
  ...(['model', 'domain'] as const).map<Statistic>((column) => ({
    name: `shares by ${column}`,
    ours: async (replica, { window }) => {
      const answer = await replica.overview(window, window, [window.fromMs])
      const shares: Row[] = column === 'model' ? answer.models : answer.domains
      const names = ['requests', 'inputTokens', 'outputTokens', ...(column === 'domain' ? ['lastSeen'] : [])]
      return shares.map((share) => ({ name: share[column], ...pick(share, names) }))
    },
    theirs: async (sql, { window }) => {
      const found = await sql(`SELECT ${column} AS name, count(*)::int AS requests, ${tokens},
          to_char(max(timestamp) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "lastSeen"
        FROM requests WHERE ${within(window)} GROUP BY ${column}
        ORDER BY requests DESC, ${column} COLLATE "C" NULLS LAST`)
      return found.map(({ lastSeen, ...share }) => (column === 'domain' ? { ...share, lastSeen } : share))
    },
  })),
  {
    name: 'costs by domain and model',
    ours: async (replica, { window }) => {
      const { allocation } = await replica.costs({
        window,
        previous: window,
        rows: 'domain',
        columns: 'model',
        bucketStarts: [window.fromMs],
        longPromptThresholds: ledger.longPromptThresholds,
        hasDiscounts: false,
        teamOf: () => null,
      })
      const cells = allocation.rows.flatMap((row) =>
        row.cells.flatMap((cell, index) => {
          if (cell === null) return []
          const { costUsd, ...figures } = cell
          return [
            { key: `${row.key} ${allocation.columns[index]!.key}`, ...figures, picoUsd: Math.round(costUsd * 1e12) },
          ]
        }),
      )
      return inOrder(cells)
    },
    theirs: async (sql, { window }) => {
      const groups = new Map<string, Row[]>()
      for (const row of await sql(pricedSql(window))) {
        const key = `${row['domain']} ${row['model']}`
        groups.set(key, [...(groups.get(key) ?? []), row])
      }
      const cells = [...groups].map(([key, rows]) => {
        const { errors: _errors, activeDomains: _domains, ...figures } = figuresOf(rows)
        return { key, ...figures }
      })
      return inOrder(cells)
    },
  },
  {
    name: 'percentiles of response time by model',
    ours: async (replica, { window }) => {
      const { all, groups } = await replica.responseTimes({ window, by: 'model' })
      return inOrder([
        { key: 'all', ...all.total },
        ...groups.map(({ key, total }) => ({ key: `of ${key}`, ...total })),
      ])
    },
    theirs: async (sql, { window }) => {
      const percentile = (share: number) => `percentile_disc(${share}) WITHIN GROUP (ORDER BY response_time_ms)`
      const found =
        await sql(`SELECT CASE WHEN grouping(model) = 1 THEN 'all' ELSE 'of ' || coalesce(model, 'null') END AS key,
          count(*)::int AS requests, ${percentile(0.5)} AS "p50Ms", ${percentile(0.95)} AS "p95Ms", ${percentile(0.99)} AS "p99Ms"
        FROM requests WHERE ${within(window)} AND response_time_ms IS NOT NULL GROUP BY GROUPING SETS ((model), ())`)
      return inOrder(found as { key: string }[])
    },
  },
  {
    name: 'trend by type',
    ours: async (replica, { window, bucketStarts }) => {
      const { parts } = await replica.trends([{ window, bucketStarts, by: 'type' }])
      const { groups } = parts[0]!
      const names = ['requests', 'inputTokens', 'outputTokens', 'errors'] as const
      return inOrder(
        groups.flatMap(({ key, columns }) =>
          bucketStarts.flatMap((start, index) =>
            columns.requests[index] === 0
              ? []
              : [{ key: `${key} ${start}`, ...Object.fromEntries(names.map((name) => [name, columns[name][index]])) }],
          ),
        ),
      )
    },
    theirs: async (sql, { window, bucketStarts }) => {
      const found = await sql(`SELECT coalesce(request_type, 'null') || ' ' || ${bucketOf(bucketStarts)} AS key,
          count(*)::int AS requests, ${tokens}, (count(*) FILTER (WHERE ${isError}))::int AS errors
        FROM requests WHERE ${within(window)} GROUP BY 1`)
      return inOrder(found as { key: string }[])
    },
  },
  {
    name: 'stop reasons and tools by bucket',
    ours: async (replica, { window, bucketStarts }) => {
      const { stopReasons, tools } = await replica.outcomes({ window, bucketStarts })
      const cells = (kind: string, key: string | null, counts: number[]) =>
        counts.flatMap((count, index) =>
          count === 0 ? [] : [{ key: `${kind} ${key ?? 'null'} ${bucketStarts[index]}`, count }],
        )
      return inOrder([
        ...stopReasons.flatMap(({ key, requests }) => cells('stop', key, requests)),
        ...tools.flatMap(({ name, calls, requests }) => [
          ...cells('calls', name, calls),
          ...cells('callers', name, requests),
        ]),
      ])
    },
    theirs: async (sql, { window, bucketStarts }) => {
      const bucket = bucketOf(bucketStarts)
      const blocks = `FROM requests CROSS JOIN LATERAL jsonb_array_elements(response_body -> 'content') AS block
        WHERE ${within(window)} AND block ->> 'type' = 'tool_use' GROUP BY 1`
      const found =
        await sql(`SELECT 'stop ' || coalesce(response_body ->> 'stop_reason', 'null') || ' ' || ${bucket} AS key,
          count(*)::int AS count FROM requests WHERE ${within(window)} AND response_body ->> 'type' = 'message' GROUP BY 1
        UNION ALL SELECT 'calls ' || (block ->> 'name') || ' ' || ${bucket}, count(*)::int ${blocks}
        UNION ALL SELECT 'callers ' || (block ->> 'name') || ' ' || ${bucket}, count(DISTINCT request_id)::int ${blocks}`)
      return inOrder(found as { key: string }[])
    },
  },
  ...([false, true] as const).map<Statistic>((errorsOnly) => ({
    name: errorsOnly ? 'list of errors' : 'list',
    ours: async (replica, { window }) => {
      const { items, total } = await replica.list({ ...window, errorsOnly, limit: 100, cursor: undefined })
      return { ids: items.map(({ id }) => id), total }
    },
    theirs: async (sql, { window }) => {
      const found = await sql(`SELECT request_id AS id FROM requests
        WHERE ${within(window)} ${errorsOnly ? `AND ${isError}` : ''} ORDER BY timestamp DESC, request_id DESC`)
      return { ids: found.slice(0, 100).map(({ id }) => id), total: found.length }
    },
  })),
]

/** Holds every statistic of the replica to what SQL says of the source. All usage must have been read. */
export async function expectSameAnswers(url: string, replica: ReplicaStore, asked: AskedWindow): Promise<void> {
  const sql: Sql = (text) => runSql(url, text)
  for (const { name, ours, theirs } of statistics) {
    expect({ [name]: await ours(replica, asked) }, name).toEqual({ [name]: await theirs(sql, asked) })
  }
}

function within({ fromMs, toMs, domain, model }: QueryWindow): string {
  const text = (column: string, value: string | undefined) =>
    value === undefined ? '' : value === '' ? `AND ${column} IS NULL` : `AND ${column} = '${value}'`
  const instant = (ms: number) => `'${new Date(ms).toISOString()}'::timestamptz`
  return `timestamp >= ${instant(fromMs)} AND timestamp < ${instant(toMs)} ${text('domain', domain)} ${text('model', model)}`
}

/** The start in ms of the bucket that a row lies in. */
function bucketOf(starts: readonly number[]): string {
  const ends = starts.slice(1).map((ms) => `extract(epoch FROM timestamp)::float8 * 1000 >= ${ms}`)
  const cases = ends.map((isAfter, index) => `WHEN ${isAfter} THEN '${starts[index + 1]}'`).toReversed()
  return cases.length === 0 ? `'${starts[0]}'` : `CASE ${cases.join(' ')} ELSE '${starts[0]}' END`
}

/** Rows with all that their price is made of. */
function pricedSql(window: QueryWindow): string {
  const usage = (name: string) => `(response_body #>> '{usage,${name}}')::int`
  return `SELECT extract(epoch FROM timestamp)::float8 * 1000 AS "timestampMs", domain, model, input_tokens AS "inputTokens",
      output_tokens AS "outputTokens", ${usage('cache_read_input_tokens')} AS "cacheReadTokens",
      ${usage('cache_creation_input_tokens')} AS "cacheWriteTokens", ${usage('input_tokens')} AS "usageInput",
      ${usage('output_tokens')} AS "usageOutput", ${isError} AS "isError"
    FROM requests WHERE ${within(window)}`
}

function figuresOf(rows: Row[]) {
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0)
  let picoUsd = 0n
  let unpricedRequests = 0
  for (const row of rows) {
    const usage = {
      domain: row['domain'] as string | null,
      model: row['model'] as string | null,
      timestampMs: Number(row['timestampMs']),
      inputTokens: (row['inputTokens'] ?? row['usageInput']) as number | null,
      outputTokens: (row['outputTokens'] ?? row['usageOutput']) as number | null,
      cacheReadTokens: row['cacheReadTokens'] as number | null,
      cacheWrite5mTokens: row['cacheWriteTokens'] as number | null,
      cacheWrite1hTokens: null,
      cacheWriteSplitUnknown: true,
      webSearches: null,
      serviceTier: null,
      speed: null,
      inferenceGeo: null,
      iterations: null,
    }
    const price = ledger.price(usage).picoUsd
    if (price !== null) picoUsd += BigInt(price)
    else if ([usage.inputTokens, usage.outputTokens, usage.cacheReadTokens, usage.cacheWrite5mTokens].some((n) => n)) {
      unpricedRequests++
    }
  }
  return {
    requests: rows.length,
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    cacheReadTokens: sum('cacheReadTokens'),
    cacheWriteTokens: sum('cacheWriteTokens'),
    unpricedRequests,
    errors: sum('isError'),
    activeDomains: new Set(rows.map(({ domain }) => domain).filter((domain) => domain !== null)).size,
    picoUsd: Number(picoUsd),
  }
}

function pick(from: object, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, (from as Row)[name]]))
}

function inOrder<T extends { key: string }>(cells: T[]): T[] {
  return cells.sort((one, other) => (one.key < other.key ? -1 : 1))
}
