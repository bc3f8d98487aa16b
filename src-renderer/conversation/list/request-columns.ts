import type { Column } from '../../table/column'

/** The list on a line of its own each: lesser columns go first when it gets narrow. */
export const wideColumns: Column[] = [
  { id: 'time', label: 'Time', track: '88px', sorted: 'descending' },
  { id: 'domain', label: 'Domain', track: 'minmax(100px, 0.7fr)' },
  { id: 'model', label: 'Model', track: 'minmax(84px, 0.4fr)' },
  { id: 'preview', label: 'Last user text', track: 'minmax(140px, 2.4fr)' },
  { id: 'input', label: 'Input', track: '52px', isEnd: true, hiddenBelowPx: 720 },
  { id: 'output', label: 'Output', track: '52px', isEnd: true, hiddenBelowPx: 720 },
  { id: 'cost', label: 'Cost', track: '68px', isEnd: true },
  { id: 'duration', label: 'Time taken', track: '72px', isEnd: true, hiddenBelowPx: 900 },
  { id: 'flags', label: 'State', track: '72px' },
]

/** Two lines a row, for a list beside its reader. */
export const narrowColumns: Column[] = [
  { id: 'summary', label: 'Request', track: 'minmax(0, 1fr)' },
  { id: 'figures', label: 'Time', track: '92px', isEnd: true, sorted: 'descending' },
]

export const wideRowPx = 36
export const narrowRowPx = 56
/** Below this width of the list its rows have two lines. */
export const narrowBelowPx = 640
