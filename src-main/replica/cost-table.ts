import type { CostAllocation, CostAxis, CostSlice, JoinedCost } from '../contract/costs'
import type { CostQuestion } from '../core/ports'
import { printQuery } from '../core/search/print-query'
import { nothingJoined } from './cost-joined'
import { addCost, emptyCostSums, sumsOf, toCostFigures, type CostSums } from './cost-sums'
import type { Cell } from './read-cells'
import type { Words } from './words'

/** Adds up cells to a table of costs. */
export function createCostTable(
  question: Pick<CostQuestion, 'rows' | 'columns' | 'bucketStarts' | 'window' | 'teamOf'>,
  words: Words,
) {
  const { rows, columns, bucketStarts, window, teamOf } = question
  const total = emptyCostSums()
  const rowSums = new Map<number, CostSums>()
  const columnSums = new Map<number, CostSums>()
  const cells = new Map<number, Map<number, CostSums>>()
  /** Each team by number, with the codes of its domains; null is the domains of none. */
  const teams: { name: string | null; domains: Set<number> }[] = []
  const teamByDomain = new Map<number, number>()

  function teamPlace(domain: number): number {
    const known = teamByDomain.get(domain)
    if (known !== undefined) return known
    const name = teamOf(words.text(domain))
    let number = teams.findIndex((team) => team.name === name)
    if (number < 0) number = teams.push({ name, domains: new Set() }) - 1
    teams[number]!.domains.add(domain)
    teamByDomain.set(domain, number)
    return number
  }

  /** The name, and of a team the query of its domains, as they are in the window. */
  function nameOf(axis: CostAxis, place: number): Pick<CostSlice, 'key' | 'query'> {
    if (axis !== 'team') return { key: words.text(place) }
    const { name, domains } = teams[place]!
    const texts = [...domains].map((code) => words.text(code) ?? '').toSorted()
    return { key: name, query: printQuery({ kind: 'pattern', field: 'domain', patterns: texts.map((text) => [text]) }) }
  }

  function joinedOf(place: number, byPlace: ReadonlyMap<number, JoinedCost>): JoinedCost {
    if (rows !== 'team') return byPlace.get(place) ?? nothingJoined
    return [...teams[place]!.domains].reduce((sum, domain) => {
      const { conversations, requests, costUsd } = byPlace.get(domain) ?? nothingJoined
      return {
        conversations: sum.conversations + conversations,
        requests: sum.requests + requests,
        costUsd: sum.costUsd + costUsd,
      }
    }, nothingJoined)
  }

  /** Number of a cell along an axis: its code, or its bucket. */
  const place = (axis: CostAxis, cell: Cell): number =>
    axis === 'domain'
      ? cell.domain
      : axis === 'model'
        ? cell.model
        : axis === 'team'
          ? teamPlace(cell.domain)
          : cell.bucket

  const isTime = (axis: CostAxis): boolean => axis !== 'domain' && axis !== 'model' && axis !== 'team'

  /** All buckets, also those without a request; domains and models dearest first. */
  function placesOf(axis: CostAxis, sums: Map<number, CostSums>): { place: number; slice: CostSlice }[] {
    if (isTime(axis)) return bucketStarts.map((start, index) => ({ place: index, slice: toBucket(start, index, sums) }))
    return [...sums]
      .map(([code, each]) => ({ place: code, slice: { ...nameOf(axis, code), total: toCostFigures(each) } }))
      .toSorted(
        (a, b) =>
          b.slice.total.costUsd - a.slice.total.costUsd ||
          b.slice.total.requests - a.slice.total.requests ||
          compareNames(a.slice.key, b.slice.key),
      )
  }

  function toBucket(startMs: number, index: number, sums: Map<number, CostSums>): CostSlice {
    return {
      key: new Date(startMs).toISOString(),
      from: new Date(Math.max(startMs, window.fromMs)).toISOString(),
      to: new Date(Math.min(bucketStarts[index + 1] ?? Infinity, window.toMs)).toISOString(),
      total: toCostFigures(sums.get(index) ?? emptyCostSums()),
    }
  }

  return {
    add(cell: Cell): void {
      addCost(total, cell)
      const row = place(rows, cell)
      addCost(sumsOf(rowSums, row), cell)
      if (columns === undefined) return
      const column = place(columns, cell)
      addCost(sumsOf(columnSums, column), cell)
      let inRow = cells.get(row)
      if (!inRow) cells.set(row, (inRow = new Map()))
      addCost(sumsOf(inRow, column), cell)
    },
    allocation(joined: ReadonlyMap<number, JoinedCost>): CostAllocation {
      const across = columns === undefined ? [] : placesOf(columns, columnSums)
      return {
        rows: placesOf(rows, rowSums).map(({ place, slice }) => {
          const inRow = cells.get(place)
          const figures = across.map((column) => {
            const sums = inRow?.get(column.place)
            return sums ? toCostFigures(sums) : null
          })
          return { ...slice, cells: figures, joined: joinedOf(place, joined) }
        }),
        columns: across.map(({ slice }) => slice),
        total: toCostFigures(total),
      }
    },
  }
}

/** Null goes last. */
function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}
