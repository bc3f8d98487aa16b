import type { CostMover } from '../contract/costs'
import type { CostAnswer, CostQuestion } from '../core/ports'
import { readCacheMisses, readJoined } from './cost-joined'
import { readCacheReads, readUnpriced } from './cost-rows'
import { addCost, costOf, emptyCostSums, sumsOf, toCostFigures, type CostSums } from './cost-sums'
import { createCostTable } from './cost-table'
import { readCells } from './read-cells'
import type { ReadContext } from './read-context'
import type { Statements } from './session'
import type { Words } from './words'

const mostMovers = 8

/** Costs from one snapshot; the caller's transaction makes it one. */
export async function readCosts(
  statements: Statements,
  context: ReadContext,
  question: CostQuestion,
): Promise<Omit<CostAnswer, 'asOf'>> {
  const { words } = context
  const { window, previous, bucketStarts } = question
  const table = createCostTable(question, words)
  const now = { domains: new Map<number, CostSums>(), models: new Map<number, CostSums>() }
  const before = { domains: new Map<number, CostSums>(), models: new Map<number, CostSums>() }
  const formerTotal = emptyCostSums()
  let usagePending = 0
  await readCells(statements, context, window, bucketStarts, (cell) => {
    table.add(cell)
    addCost(sumsOf(now.domains, cell.domain), cell)
    addCost(sumsOf(now.models, cell.model), cell)
    usagePending += cell.pending
  })
  await readCells(statements, context, previous, [previous.fromMs], (cell) => {
    addCost(formerTotal, cell)
    addCost(sumsOf(before.domains, cell.domain), cell)
    addCost(sumsOf(before.models, cell.model), cell)
  })
  const joined = await readJoined(statements, context, question)
  return {
    allocation: table.allocation(joined.byPlace),
    joined: joined.total,
    previous: toCostFigures(formerTotal),
    usagePending,
    movers: {
      domains: largestMovers(now.domains, before.domains, words),
      models: largestMovers(now.models, before.models, words),
    },
    models: [...now.models].map(([code, sums]) => ({ model: words.text(code), total: toCostFigures(sums) })),
    unpriced: await readUnpriced(statements, context, window),
    cacheReads: await readCacheReads(statements, context, window, question),
    cacheMisses: await readCacheMisses(statements, context, question),
  }
}

function largestMovers(now: Map<number, CostSums>, before: Map<number, CostSums>, words: Words): CostMover[] {
  const nothing = emptyCostSums()
  return [...new Set([...now.keys(), ...before.keys()])]
    .map((code) => ({
      key: words.text(code),
      costUsd: costOf(now.get(code) ?? nothing),
      previousCostUsd: costOf(before.get(code) ?? nothing),
    }))
    .filter((mover) => mover.costUsd !== mover.previousCostUsd)
    .toSorted((a, b) => Math.abs(b.costUsd - b.previousCostUsd) - Math.abs(a.costUsd - a.previousCostUsd))
    .slice(0, mostMovers)
}
