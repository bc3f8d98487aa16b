import type { TrendColumns } from '../contract/trends'
import type { TrendPart, TrendPartAnswer, TrendsAnswer } from '../core/ports'
import { readCellsOf, type Cell } from './read-cells'
import type { ReadContext } from './read-context'
import { costUsd } from './schema'
import type { Statements } from './session'

/** Figures by bucket for each part, from one statement and so from one snapshot. */
export async function readTrends(
  statements: Statements,
  context: ReadContext,
  parts: readonly TrendPart[],
): Promise<Omit<TrendsAnswer, 'asOf'>> {
  const folds = parts.map((part) => createPartFold(part))
  await readCellsOf(
    statements,
    context,
    parts.map(({ window, bucketStarts, by }, index) => ({
      window,
      startsMs: bucketStarts,
      by: by ?? 'nothing',
      visit: folds[index]!.add,
    })),
  )
  return { parts: folds.map((fold) => fold.answer((code) => context.words.text(code))) }
}

function createPartFold({ bucketStarts, by }: TrendPart) {
  const all = createColumnsFold(bucketStarts.length)
  const groups = new Map<number, ReturnType<typeof createColumnsFold>>()
  return {
    add(cell: Cell): void {
      all.add(cell)
      if (by === undefined) return
      let group = groups.get(cell[by])
      if (!group) groups.set(cell[by], (group = createColumnsFold(bucketStarts.length)))
      group.add(cell)
    },
    answer: (textOf: (code: number) => string | null): TrendPartAnswer => ({
      all: all.columns(),
      groups: [...groups]
        .toSorted(([, a], [, b]) => b.total() - a.total())
        .map(([code, group]) => ({ key: textOf(code), columns: group.columns() })),
    }),
  }
}

function createColumnsFold(length: number) {
  const zeros = () => Array.from({ length }, () => 0)
  const columns: TrendColumns = {
    requests: zeros(),
    inputTokens: zeros(),
    outputTokens: zeros(),
    cacheReadTokens: zeros(),
    cacheWriteTokens: zeros(),
    costUsd: [],
    unpricedRequests: zeros(),
    usagePending: zeros(),
    errors: zeros(),
  }
  const costMicroUsd = zeros()
  const costRestPico = zeros()
  return {
    add(cell: Cell): void {
      const at = cell.bucket
      columns.requests[at]! += cell.requests
      columns.inputTokens[at]! += cell.inputTokens
      columns.outputTokens[at]! += cell.outputTokens
      columns.cacheReadTokens[at]! += cell.cacheReadTokens
      columns.cacheWriteTokens[at]! += cell.cacheWriteTokens
      columns.unpricedRequests[at]! += cell.unpriced
      columns.usagePending[at]! += cell.pending
      columns.errors[at]! += cell.errors
      costMicroUsd[at]! += cell.costMicroUsd
      costRestPico[at]! += cell.costRestPico
    },
    total: (): number => columns.requests.reduce((sum, count) => sum + count, 0),
    columns: (): TrendColumns => ({
      ...columns,
      costUsd: costMicroUsd.map((micro, at) => costUsd(micro, costRestPico[at]!)),
    }),
  }
}
