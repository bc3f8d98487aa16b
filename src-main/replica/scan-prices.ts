import type { UsageToPrice } from '../core/pricing/usage-to-price'
import type { TimeRange } from './replica-store'
import { sourceNull, usageNull } from './schema'
import type { Statements } from './session'
import type { Words } from './words'

/** A stored request as it is to be priced. The object is used again for the next. */
export interface StoredPrice {
  /** Its place in the table; holds within the transaction. */
  row: number
  timestampUs: number
  model: number
  usage: UsageToPrice
  costPico: number
  pricing: number
}

const columns = `rowid::DOUBLE, timestamp_us::DOUBLE, domain::DOUBLE, model::DOUBLE, source_nulls::DOUBLE,
  input_tokens::DOUBLE, output_tokens::DOUBLE, usage_read::DOUBLE, usage_nulls::DOUBLE, usage_input_tokens::DOUBLE,
  usage_output_tokens::DOUBLE, cache_read_tokens::DOUBLE, cache_write_5m_tokens::DOUBLE, cache_write_1h_tokens::DOUBLE,
  web_searches::DOUBLE, split_unknown::DOUBLE, service_tier::DOUBLE, speed::DOUBLE, inference_geo::DOUBLE,
  cost_pico::DOUBLE, pricing::DOUBLE`

/** Visits the requests of a stretch of time with what their price is made of, as it was when they were stored. */
export async function scanPrices(
  statements: Statements,
  words: Words,
  { fromUs, toUs }: TimeRange,
  visit: (stored: StoredPrice) => void,
): Promise<void> {
  const within = 'timestamp_us >= $1 AND timestamp_us < $2'
  const attempts = await statements.rows<{ row: number; iterations: string }>(
    `SELECT request.rowid::DOUBLE AS row, iterations FROM request JOIN iterations USING (id) WHERE ${within}`,
    [fromUs, toUs],
  )
  const iterations = new Map(attempts.map((each) => [each.row, each.iterations]))
  const usage = {} as UsageToPrice
  const stored: StoredPrice = { row: 0, timestampUs: 0, model: 0, usage, costPico: 0, pricing: 0 }
  await statements.visit(`SELECT ${columns} FROM request WHERE ${within}`, [fromUs, toUs], (values) => {
    const sourceNulls = values[4]!
    const isRead = values[7] === 1
    const nulls = isRead ? values[8]! : ~0
    const known = (bit: number, value: number): number | null => (nulls & bit ? null : value)
    stored.row = values[0]!
    stored.timestampUs = values[1]!
    stored.model = values[3]!
    stored.costPico = values[19]!
    stored.pricing = values[20]!
    usage.domain = words.text(values[2]!)
    usage.model = words.text(stored.model)
    usage.timestampMs = stored.timestampUs / 1000
    usage.inputTokens = sourceNulls & sourceNull.inputTokens ? known(usageNull.inputTokens, values[9]!) : values[5]!
    usage.outputTokens = sourceNulls & sourceNull.outputTokens ? known(usageNull.outputTokens, values[10]!) : values[6]!
    usage.cacheReadTokens = known(usageNull.cacheReadTokens, values[11]!)
    usage.cacheWrite5mTokens = known(usageNull.cacheWrite5mTokens, values[12]!)
    usage.cacheWrite1hTokens = known(usageNull.cacheWrite1hTokens, values[13]!)
    usage.webSearches = known(usageNull.webSearches, values[14]!)
    usage.cacheWriteSplitUnknown = isRead && values[15] === 1
    usage.serviceTier = isRead ? words.text(values[16]!) : null
    usage.speed = isRead ? words.text(values[17]!) : null
    usage.inferenceGeo = isRead ? words.text(values[18]!) : null
    usage.iterations = (isRead && iterations.get(stored.row)) || null
    visit(stored)
  })
}
