/** One column of a DataTable; its cells are the slot `cell-<id>`. */
export interface Column {
  id: string
  label: string
  /** A track of a CSS grid, as `72px` or `minmax(120px, 1fr)`. */
  track: string
  isEnd?: boolean
  /** Left out while the table is narrower than this many pixels. */
  hiddenBelowPx?: number
  /** How the rows are ordered by this column, where they are. */
  sorted?: 'ascending' | 'descending'
  /** A click on its heading asks for its order. */
  isSortable?: boolean
}

/** Between two columns, and at both ends of a row. */
const gapPx = 12
const endsPx = 52

/** The columns that fit into a table of this width; the last ones go first. */
export function fittingColumns(columns: Column[], widthPx: number): Column[] {
  const wanted = columns.filter((column) => widthPx >= (column.hiddenBelowPx ?? 0))
  let px = endsPx - gapPx
  const fitting = wanted.filter(({ track }) => (px += leastPx(track) + gapPx) <= widthPx)
  return fitting.length > 0 ? fitting : wanted.slice(0, 1)
}

/** What a track takes at least. */
function leastPx(track: string): number {
  return Number(/(\d+)(?:px)?/.exec(track)?.[1] ?? 0)
}
