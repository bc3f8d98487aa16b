/** Where the app's columns may stand in the source, best name first. To read one more, add a line. */
export const columnNames = {
  id: ['request_id', 'id'],
  timestamp: ['timestamp', 'created_at'],
  domain: ['domain', 'project_id'],
  model: ['model'],
  requestType: ['request_type'],
  inputTokens: ['input_tokens'],
  outputTokens: ['output_tokens'],
  responseTimeMs: ['response_time_ms', 'duration_ms'],
  stream: ['stream', 'response_streaming'],
  requestBody: ['request_body', 'body'],
  responseBody: ['response_body'],
  responseStatus: ['response_status', 'status_code'],
  error: ['error'],
  usage: ['usage_data'],
  cacheReadTokens: ['cache_read_input_tokens'],
  cacheWriteTokens: ['cache_creation_input_tokens'],
  conversationId: ['conversation_id'],
  branchId: ['branch_id'],
  sessionId: ['session_id'],
  parentId: ['parent_request_id'],
  callerId: ['parent_task_request_id'],
  isSubtask: ['is_subtask'],
} as const satisfies Record<string, readonly string[]>

export type RequestColumn = keyof typeof columnNames

/** Columns of the brief's table that a source may lack; the others belong to some layouts alone. */
export const expectedColumns = [
  'domain',
  'model',
  'requestType',
  'inputTokens',
  'outputTokens',
  'responseTimeMs',
  'stream',
  'requestBody',
  'responseBody',
] as const satisfies readonly RequestColumn[]

export const tableNames = ['requests', 'api_requests']

const idTypes = ['uuid', 'text', 'varchar', 'bpchar']
const timestampTypes = ['timestamptz', 'timestamp']

export interface SourceColumn {
  /** Quoted for SQL. */
  name: string
  /** As the catalogue has it. */
  plainName: string
  /** PostgreSQL's own name of the type, as `int4`. */
  type: string
}

/** The table that is read, with the columns that are there and may be read. */
export interface RequestTable {
  oid: number
  /** `schema.table`, for people. */
  label: string
  /** Quoted for SQL. */
  name: string
  id: SourceColumn
  timestamp: SourceColumn
  columns: Partial<Record<RequestColumn, SourceColumn>>
  /** The table with the pieces of streamed answers and its request id; null where there is none. */
  chunks: { name: string; id: SourceColumn } | null
}

/** Matches columns to their meaning; null when id or timestamp is missing or of another kind. */
export function matchColumns(
  found: { name: string; type: string }[],
): Pick<RequestTable, 'id' | 'timestamp' | 'columns'> | null {
  const byName = new Map(found.map((column) => [column.name, column.type]))
  const columns: Partial<Record<RequestColumn, SourceColumn>> = {}
  for (const [column, names] of Object.entries(columnNames) as [RequestColumn, readonly string[]][]) {
    const name = names.find((candidate) => isUsable(column, byName.get(candidate)))
    if (name) columns[column] = { name: quoteIdentifier(name), plainName: name, type: byName.get(name)! }
  }
  const { id, timestamp } = columns
  return id && timestamp ? { id, timestamp, columns } : null
}

export const chunksTable = 'streaming_chunks'

/** The chunks table by the type of its request id; null where that type is none. */
export function chunksOf(quotedSchema: string, idType: string | null): RequestTable['chunks'] {
  if (idType === null || !idTypes.includes(idType)) return null
  const id = { name: '"request_id"', plainName: 'request_id', type: idType }
  return { name: `${quotedSchema}.${quoteIdentifier(chunksTable)}`, id }
}

function isUsable(column: RequestColumn, type: string | undefined): boolean {
  if (type === undefined) return false
  if (column === 'id') return idTypes.includes(type)
  if (column === 'timestamp') return timestampTypes.includes(type)
  return true
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
