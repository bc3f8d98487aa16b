/** What the brief's dashboard asks PostgreSQL for one overview, and other questions that the app answers from disk. */
export interface SqlQuestion {
  sql: string
  values: unknown[]
}

export function briefOverview(endMs: number, domain?: string): SqlQuestion[] {
  const of = domain === undefined ? '' : 'AND domain = $2'
  const since = (days: number) => new Date(endMs - days * 86_400_000)
  const values = (days: number) => (domain === undefined ? [since(days)] : [since(days), domain])
  return [
    {
      sql: `SELECT count(*), sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0)), count(DISTINCT domain)
        FROM requests WHERE timestamp >= $1 ${of}`,
      values: values(1),
    },
    {
      sql: `SELECT DISTINCT domain FROM requests WHERE timestamp >= $1 AND domain IS NOT NULL ORDER BY domain`,
      values: [since(7)],
    },
    {
      sql: `SELECT date_trunc('hour', timestamp) AS hour, count(*), sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))
        FROM requests WHERE timestamp >= $1 ${of} GROUP BY hour ORDER BY hour`,
      values: values(1),
    },
    {
      sql: `SELECT model, count(*) AS requests, sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))
        FROM requests WHERE timestamp >= $1 ${of} GROUP BY model ORDER BY requests DESC`,
      values: values(1),
    },
  ]
}

export function dailyTrendByModel(endMs: number, days: number): SqlQuestion {
  return {
    sql: `SELECT date_trunc('day', timestamp) AS day, model, count(*), sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0))
      FROM requests WHERE timestamp >= $1 GROUP BY day, model`,
    values: [new Date(endMs - days * 86_400_000)],
  }
}

const listed =
  'request_id, timestamp, domain, model, input_tokens, output_tokens, response_time_ms, stream, request_type'

export function listPage(beforeMs: number): SqlQuestion {
  return {
    sql: `SELECT ${listed} FROM requests WHERE timestamp < $1 ORDER BY timestamp DESC, request_id DESC LIMIT 50`,
    values: [new Date(beforeMs)],
  }
}

export function listPageByOffset(offset: number): SqlQuestion {
  return { sql: `SELECT ${listed} FROM requests ORDER BY timestamp DESC LIMIT 50 OFFSET $1`, values: [offset] }
}

export function rowById(id: string): SqlQuestion {
  return { sql: `SELECT ${listed} FROM requests WHERE request_id = $1`, values: [id] }
}

export function responseTimesByModel(endMs: number, days: number): SqlQuestion {
  const percentile = (share: number) => `percentile_disc(${share}) WITHIN GROUP (ORDER BY response_time_ms)`
  return {
    sql: `SELECT model, count(*), ${percentile(0.5)}, ${percentile(0.95)}, ${percentile(0.99)} FROM requests
      WHERE timestamp >= $1 AND response_time_ms IS NOT NULL GROUP BY model`,
    values: [new Date(endMs - days * 86_400_000)],
  }
}

/** A page and how many rows there are of it; the filter's own values are numbered from $2. */
export function filteredPage(endMs: number, days: number, filter: string, values: unknown[]): SqlQuestion[] {
  const where = `WHERE timestamp >= $1 AND ${filter}`
  const since = new Date(endMs - days * 86_400_000)
  return [
    { sql: `SELECT count(*) FROM requests ${where}`, values: [since, ...values] },
    {
      sql: `SELECT ${listed} FROM requests ${where} ORDER BY timestamp DESC, request_id DESC LIMIT 50`,
      values: [since, ...values],
    },
  ]
}

export function slowestPage(endMs: number, days: number, offset: number): SqlQuestion {
  return {
    sql: `SELECT ${listed} FROM requests WHERE timestamp >= $1
      ORDER BY response_time_ms DESC NULLS LAST, timestamp DESC, request_id DESC LIMIT 50 OFFSET $2`,
    values: [new Date(endMs - days * 86_400_000), offset],
  }
}

export function mostTokensPage(endMs: number, days: number): SqlQuestion {
  return {
    sql: `SELECT ${listed} FROM requests WHERE timestamp >= $1
      ORDER BY coalesce(input_tokens, 0) + coalesce(output_tokens, 0) DESC, timestamp DESC, request_id DESC LIMIT 50`,
    values: [new Date(endMs - days * 86_400_000)],
  }
}
