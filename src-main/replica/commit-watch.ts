import type { RowKey, TimeRange } from './replica-store'

/** Whose rows a transaction adds, changes or takes away, their sums included. */
export type Touched = readonly TimeRange[] | 'everything'

/** Hears of each commit, so that what is kept in memory follows the tables. */
export interface CommitWatch {
  /** From here on another session may or may not see it. */
  begin(): void
  end(touched: Touched): void
}

export const noRows: Touched = []

/** The ranges of single rows. */
export function momentsOf(rows: readonly RowKey[]): TimeRange[] {
  return [...new Set(rows.map((row) => row.timestampUs))].map((us) => ({ fromUs: us, toUs: us + 1 }))
}
