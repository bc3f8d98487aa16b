import { describe, expect, it } from 'vitest'
import { appendPage, idsToRefresh, mergeHead, replaceRows } from '../../src-renderer/conversation/list/merge-rows'
import {
  columnsOf,
  fieldsOf,
  readColumns,
  requestColumns,
  usualColumns,
} from '../../src-renderer/conversation/list/request-columns'
import { fittingColumns } from '../../src-renderer/table/column'
import { moveCursor } from '../../src-renderer/table/row-cursor'
import { fixtureRow } from './fixture-rows'

const rows = Array.from({ length: 6 }, () => fixtureRow())
const ids = (list: { id: string }[]) => list.map((row) => row.id)

describe('a list that grows', () => {
  it('takes in new rows before the rows it has', () => {
    const merged = mergeHead(rows.slice(2), rows.slice(0, 4))
    expect(ids(merged.rows)).toEqual(ids(rows))
    expect(merged.addedIds).toEqual(ids(rows.slice(0, 2)))
    expect(merged.hasGap).toBe(false)
  })

  it('takes in a row that came late, between those it has', () => {
    const shown = [rows[0], rows[2], rows[3]].flatMap((row) => row ?? [])
    const merged = mergeHead(shown, rows.slice(0, 3))
    expect(ids(merged.rows)).toEqual(ids(rows.slice(0, 4)))
    expect(merged.addedIds).toEqual(ids(rows.slice(1, 2)))
  })

  it('begins anew when rows between may be missing', () => {
    const merged = mergeHead(rows.slice(4), rows.slice(0, 2))
    expect(merged.hasGap).toBe(true)
    expect(ids(merged.rows)).toEqual(ids(rows.slice(0, 2)))
  })

  it('appends older rows once', () => {
    expect(ids(appendPage(rows.slice(0, 3), rows.slice(2)))).toEqual(ids(rows))
  })

  it('exchanges changed rows where they stand and leaves the others as they were', () => {
    const changed = replaceRows(rows, [{ ...fixtureRow({ id: rows[1]?.id ?? '' }), outputTokens: 9 }])
    expect(ids(changed)).toEqual(ids(rows))
    expect(changed[1]?.outputTokens).toBe(9)
    expect(changed[0]).toBe(rows[0])
  })

  it('reads again what is seen and what has no answer, at most 200 rows', () => {
    const many = Array.from({ length: 900 }, (_, index) => fixtureRow({ answered: index % 2 === 0 }))
    const asked = idsToRefresh(many, { start: 10, end: 40 })
    expect(asked).toEqual(expect.arrayContaining(ids(many.slice(10, 40))))
    expect(asked).toContain(many[1]?.id)
    expect(asked).toHaveLength(200)
    expect(new Set(asked).size).toBe(200)
  })
})

describe('the keyboard in a table', () => {
  it('moves by one, by a page and to the ends, and stays inside', () => {
    expect(moveCursor('j', 3, 10, 5)).toBe(4)
    expect(moveCursor('ArrowUp', 0, 10, 5)).toBe(0)
    expect(moveCursor('PageDown', 3, 10, 5)).toBe(7)
    expect(moveCursor('PageUp', 3, 10, 5)).toBe(0)
    expect(moveCursor('End', 3, 10, 5)).toBe(9)
    expect(moveCursor('Home', 3, 10, 5)).toBe(0)
  })

  it('leaves other keys and an empty table alone', () => {
    expect(moveCursor('x', 3, 10, 5)).toBeNull()
    expect(moveCursor('j', 0, 0, 5)).toBeNull()
  })
})

describe('the columns of the list', () => {
  it('fit into every width that has one line a row', () => {
    for (const widthPx of [640, 700, 760, 899, 900, 1080]) {
      const columns = fittingColumns(columnsOf(usualColumns), widthPx)
      const least = columns.reduce((sum, column) => sum + Number(/(\d+)px/.exec(column.track)?.[1]), 0)
      expect(least + (columns.length - 1) * 12 + 52).toBeLessThanOrEqual(widthPx)
      expect(columns.length).toBeGreaterThanOrEqual(7)
    }
  })

  it('leave out the last ones where more were chosen than fit', () => {
    const all = requestColumns.map(({ id }) => id)
    const shown = fittingColumns(columnsOf(all), 900).map(({ id }) => id)
    expect(shown.length).toBeLessThan(all.length)
    expect(shown).toEqual(all.slice(0, shown.length))
    expect(fittingColumns(columnsOf(['preview']), 10)).toHaveLength(1)
  })

  it('are read from an address that anybody may have written', () => {
    expect(readColumns('cost,time')).toEqual(['cost', 'time'])
    expect(readColumns('cost,nonsense,cost,toString')).toEqual(['cost'])
    expect(readColumns('')).toEqual(usualColumns)
    expect(fieldsOf(['flags', 'cost'])).toEqual(['error', 'answered', 'stream', 'costUsd'])
  })
})
