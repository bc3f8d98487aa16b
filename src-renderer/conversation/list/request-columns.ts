import type { ExportColumn } from '../../../src-main/contract/exports'
import type { Column } from '../../table/column'

/** Below this width of the list the flags stand before the text instead of in a column. */
export const flagsBelowPx = 760

interface RequestColumn extends Column {
  /** Shown unless the user chose otherwise. */
  isUsual?: boolean
  /** The fields of a row that it shows. */
  fields: ExportColumn[]
}

/** Every column of the list on a line of its own each; lesser ones go first when it gets narrow. */
export const requestColumns = [
  { id: 'time', label: 'Time', track: '80px', isSortable: true, isUsual: true, fields: ['timestamp'] },
  { id: 'domain', label: 'Domain', track: 'minmax(90px, 0.7fr)', isUsual: true, fields: ['domain'] },
  { id: 'model', label: 'Model', track: 'minmax(84px, 0.4fr)', isUsual: true, fields: ['model'] },
  {
    id: 'preview',
    label: 'Last user text',
    track: 'minmax(88px, 2.4fr)',
    isUsual: true,
    fields: ['preview', 'conversationId', 'turn'],
  },
  { id: 'input', label: 'Input', track: '48px', isEnd: true, isUsual: true, fields: ['inputTokens'] },
  { id: 'output', label: 'Output', track: '48px', isEnd: true, isUsual: true, fields: ['outputTokens'] },
  { id: 'tokens', label: 'Tokens', track: '64px', isEnd: true, isSortable: true, fields: ['totalTokens'] },
  { id: 'read', label: 'Cache read', track: '76px', isEnd: true, fields: ['cacheReadTokens'] },
  { id: 'written', label: 'Cache written', track: '92px', isEnd: true, fields: ['cacheWriteTokens'] },
  { id: 'cost', label: 'Cost', track: '76px', isEnd: true, isSortable: true, isUsual: true, fields: ['costUsd'] },
  {
    id: 'duration',
    label: 'Time taken',
    track: '84px',
    isEnd: true,
    hiddenBelowPx: 900,
    isSortable: true,
    isUsual: true,
    fields: ['responseTimeMs'],
  },
  { id: 'stop', label: 'Stopped by', track: '88px', fields: ['stopReason'] },
  { id: 'type', label: 'Type', track: '88px', fields: ['requestType'] },
  {
    id: 'flags',
    label: 'State',
    track: '68px',
    hiddenBelowPx: flagsBelowPx,
    isUsual: true,
    fields: ['error', 'answered', 'stream'],
  },
] as const satisfies RequestColumn[]

export type RequestColumnId = (typeof requestColumns)[number]['id']

const byId = new Map<string, RequestColumn>(requestColumns.map((column) => [column.id, column]))

export const usualColumns: readonly RequestColumnId[] = requestColumns.flatMap((column: RequestColumn) =>
  column.isUsual ? [column.id as RequestColumnId] : [],
)

/** The columns that an address names, each once; the usual ones where it names none. */
export function readColumns(text: string): RequestColumnId[] {
  const named = [...new Set(text.split(','))].filter((id): id is RequestColumnId => byId.has(id))
  return named.length > 0 ? named : [...usualColumns]
}

export function columnsOf(ids: readonly RequestColumnId[]): RequestColumn[] {
  return ids.map((id) => byId.get(id)!)
}

/** The fields that an export of the shown columns has. */
export function fieldsOf(ids: readonly RequestColumnId[]): ExportColumn[] {
  return [...new Set(columnsOf(ids).flatMap(({ fields }) => fields))]
}

/** Two lines a row, for a list beside its reader. */
export const narrowColumns: Column[] = [
  { id: 'summary', label: 'Request', track: 'minmax(0, 1fr)' },
  { id: 'figures', label: 'Time', track: '92px', isEnd: true },
]

export const wideRowPx = 36
export const narrowRowPx = 56
/** Below this width of the list its rows have two lines. */
export const narrowBelowPx = 640

/** The columns with the one marked that the list is ordered by, where it is shown. */
export function orderedBy(columns: Column[], sort: string, order: 'asc' | 'desc'): Column[] {
  const sorted = order === 'asc' ? 'ascending' : 'descending'
  return columns.map((column) => (column.id === sort ? { ...column, sorted } : column))
}
