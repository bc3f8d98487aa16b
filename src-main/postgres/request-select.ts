import type { RequestTable, SourceColumn } from './request-table'

const integerTypes = ['int2', 'int4']
const wideNumberTypes = ['int8', 'numeric', 'float4', 'float8']
const textTypes = ['text', 'varchar', 'bpchar']

/** Metadata of a row as SQL, in the order and with the binary types that the COPY decoder expects. */
export function metadataSelect(table: RequestTable): string {
  const { columns, id, timestamp } = table
  return [
    id.type === 'uuid' ? id.name : `${id.name}::uuid`,
    // A timestamp without a zone is taken for UTC, as the proxy writes it.
    timestamp.type === 'timestamptz' ? timestamp.name : `${timestamp.name} AT TIME ZONE 'UTC'`,
    textOf(columns.domain),
    textOf(columns.model),
    textOf(columns.requestType),
    integerOf(columns.inputTokens),
    integerOf(columns.outputTokens),
    integerOf(columns.responseTimeMs),
    booleanOf(columns.stream),
    answeredOf(table),
    failedOf(table) ?? 'NULL::boolean',
  ].join(', ')
}

/** Whether the row has an answer, as SQL. JSON's null is none. Never unpacks a body that is stored compressed. */
export function answeredOf({ columns, chunks }: RequestTable): string {
  const { responseBody, responseStatus, error } = columns
  const signs: string[] = []
  if (responseBody) {
    const text = `coalesce(${responseBody.name}::text <> 'null', false)`
    signs.push(`CASE WHEN pg_column_size(${responseBody.name}) > 16 THEN true ELSE ${text} END`)
  }
  if (responseStatus) signs.push(`${responseStatus.name} IS NOT NULL`)
  if (error) signs.push(isErrorText(error))
  if (signs.length === 0) return endSigns(columns) ?? 'true'
  // Pieces of a stream are an answer once the row says that it ended. Looking for them here would cost a scan.
  if (chunks) signs.push(endSigns(columns) ?? 'true')
  return `(${signs.join(' OR ')})`
}

function endSigns(columns: RequestTable['columns']): string | null {
  const ends = [columns.outputTokens, columns.responseTimeMs].filter((column) => column !== undefined)
  return ends.length === 0 ? null : `(${ends.map(({ name }) => `${name} IS NOT NULL`).join(' OR ')})`
}

/** Whether the row's own status or error column says that it failed, as SQL; null where it has neither. */
export function failedOf({ columns }: Pick<RequestTable, 'columns'>): string | null {
  const { responseStatus, error } = columns
  if (!responseStatus && !error) return null
  const byStatus = responseStatus ? `coalesce(${integerOf(responseStatus)} >= 400, false)` : 'false'
  return `(${byStatus} OR ${error ? isErrorText(error) : 'false'})`
}

function isErrorText({ name }: SourceColumn): string {
  return `coalesce(${name}::text NOT IN ('', 'null'), false)`
}

export function textOf(column: SourceColumn | undefined): string {
  return column ? `${column.name}::text` : 'NULL::text'
}

/** An int4, clamped; null for what is no number. */
export function integerOf(column: SourceColumn | undefined): string {
  if (!column) return 'NULL::int4'
  const { name, type } = column
  // least() and greatest() pass over nulls, which would make a number of none.
  const clamped = (value: string): string =>
    `CASE WHEN ${value} IS NOT NULL THEN least(greatest(${value}, -2147483648), 2147483647)::int4 END`
  if (integerTypes.includes(type)) return `${name}::int4`
  if (type === 'int8') return clamped(name)
  if (wideNumberTypes.includes(type)) return clamped(`nullif(${name}, 'NaN')`)
  if (textTypes.includes(type)) return `CASE WHEN ${name} ~ '^\\d{1,9}$' THEN ${name}::int4 END`
  return 'NULL::int4'
}

export function booleanOf(column: SourceColumn | undefined): string {
  if (!column) return 'NULL::boolean'
  const { name, type } = column
  if (type === 'bool') return name
  if (integerTypes.includes(type) || wideNumberTypes.includes(type)) return `(${name} <> 0)`
  return `(lower(${name}::text) IN ('t', 'true', '1', 'yes', 'on'))`
}

/** The id as the app spells it, as SQL. */
export function idText({ id }: Pick<RequestTable, 'id'>): string {
  return id.type === 'uuid' ? `${id.name}::text` : `lower(${id.name})`
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/** The condition that a row has one of these ids, as SQL; what is no UUID cannot be there and is left out. */
export function idCondition({ id }: Pick<RequestTable, 'id'>, ids: string[]): string {
  const valid = ids.filter((candidate) => uuidPattern.test(candidate))
  const quoted = (values: string[]): string => values.map((value) => `'${value}'`).join(',')
  if (id.type === 'uuid') return `${id.name} = ANY (ARRAY[${quoted(valid)}]::uuid[])`
  // Compared as text, so that the index serves; the source may have written either case.
  const spellings = valid.flatMap((value) => [value.toLowerCase(), value.toUpperCase()])
  return `${id.name} = ANY (ARRAY[${quoted(spellings)}]::text[])`
}

/** The condition that a row lies in this half-open range, as SQL on the bare column. */
export function rangeCondition(
  { timestamp }: Pick<RequestTable, 'timestamp'>,
  { fromUs, toUs }: { fromUs: number; toUs: number },
): string {
  const literal = (us: number): string => `'${timestampText(us)}'::${timestamp.type}`
  return `${timestamp.name} >= ${literal(fromUs)} AND ${timestamp.name} < ${literal(toUs)}`
}

const firstUs = Date.UTC(1, 0, 1) * 1000
const lastUs = Date.UTC(9999, 0, 1) * 1000

/** Microseconds since 1970 as PostgreSQL reads them, exact, within the years 1901 to 9999. */
function timestampText(us: number): string {
  const whole = Math.trunc(Math.min(Math.max(us, firstUs), lastUs))
  const ms = Math.floor(whole / 1000)
  const iso = new Date(ms).toISOString()
  return `${iso.slice(0, 23)}${String(whole - ms * 1000).padStart(3, '0')}+00`
}
