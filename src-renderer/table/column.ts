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

/** The columns that fit into a table of this width. */
export function fittingColumns(columns: Column[], widthPx: number): Column[] {
  return columns.filter((column) => widthPx >= (column.hiddenBelowPx ?? 0))
}
