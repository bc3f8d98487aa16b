import type { Column } from '../../table/column'

/** Below this width of the list the flags stand before the text instead of in a column. */
export const flagsBelowPx = 760

/** The list on a line of its own each: lesser columns go first when it gets narrow. */
export const wideColumns: Column[] = [
  { id: 'time', label: 'Time', track: '80px', isSortable: true },
  { id: 'domain', label: 'Domain', track: 'minmax(90px, 0.7fr)' },
  { id: 'model', label: 'Model', track: 'minmax(84px, 0.4fr)' },
  { id: 'preview', label: 'Last user text', track: 'minmax(110px, 2.4fr)' },
  { id: 'input', label: 'Input', track: '48px', isEnd: true },
  { id: 'output', label: 'Output', track: '48px', isEnd: true },
  { id: 'cost', label: 'Cost', track: '68px', isEnd: true, isSortable: true },
  { id: 'duration', label: 'Time taken', track: '84px', isEnd: true, hiddenBelowPx: 900, isSortable: true },
  { id: 'flags', label: 'State', track: '68px', hiddenBelowPx: flagsBelowPx },
]

/** Two lines a row, for a list beside its reader. */
export const narrowColumns: Column[] = [
  { id: 'summary', label: 'Request', track: 'minmax(0, 1fr)' },
  { id: 'figures', label: 'Time', track: '92px', isEnd: true },
]

export const wideRowPx = 36
export const narrowRowPx = 56
/** Below this width of the list its rows have two lines. */
export const narrowBelowPx = 640

/** The columns with the one marked that the list is ordered by; a list by tokens has none of its own. */
export function orderedBy(columns: Column[], sort: string, order: 'asc' | 'desc'): Column[] {
  const sorted = order === 'asc' ? 'ascending' : 'descending'
  return columns.map((column) => (column.id === sort ? { ...column, sorted } : column))
}
