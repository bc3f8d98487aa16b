import type { ListSort } from '../core/ports'
import type { ListPlace } from './list-cursor'
import { figureSql, isBeyond } from './order-sql'
import { rowColumns, type StoredRow } from './read-rows'
import type { Bound } from './row-filter'
import type { SqlValue, Statements } from './session'

export type ListRow = StoredRow & { figure: number }

interface Place {
  figure: number
  timestampUs: number
}

/** The row before the page and a few that share its figure and moment may be among the places. */
const spareRows = 8
const mostOfMoments = 2000

/**
 * The first rows in the order of a figure. The figure and the time are read of all rows, everything else of the few
 * that are shown: reading whole rows to sort them takes ten times as long. Null where too many rows share figure and
 * moment to tell them apart so.
 */
export async function findByFigure(
  statements: Statements,
  asked: { range: { fromUs: number; toUs: number }; matching(bound: Bound): string },
  { sort, after, limit }: { sort: ListSort; after: ListPlace | null; limit: number },
): Promise<ListRow[] | null> {
  const { range, matching } = asked
  const figure = figureSql(sort)
  const is = sort.order === 'desc' ? '<' : '>'
  const values: SqlValue[] = []
  const bound: Bound = (value) => `$${values.push(value)}`
  const isNotBefore = (place: ListPlace): string => {
    const last = bound(place.figure ?? 0)
    return `AND (${figure} ${is} ${last} OR (${figure} = ${last} AND timestamp_us ${is}= ${bound(place.timestampUs)}))`
  }
  const wanted = limit + spareRows
  const places = await statements.rows<Place>(
    `SELECT (${figure})::DOUBLE AS figure, timestamp_us::DOUBLE AS "timestampUs" FROM request
      WHERE timestamp_us >= ${bound(range.fromUs)} AND timestamp_us < ${bound(range.toUs)} ${matching(bound)}
        ${after ? isNotBefore(after) : ''}
      ORDER BY ${figure} ${sort.order}, timestamp_us ${sort.order} LIMIT ${bound(wanted)}`,
    values,
  )
  const last = places.at(-1)
  if (!last) return []

  const moments = [...new Set(places.map((place) => place.timestampUs))]
  const rowValues: SqlValue[] = []
  const boundRow: Bound = (value) => `$${rowValues.push(value)}`
  const found = await statements.rows<ListRow>(
    `SELECT ${rowColumns}, (${figure})::DOUBLE AS figure FROM request
      WHERE timestamp_us IN (${moments.join(', ')}) ${matching(boundRow)}
        ${after ? `AND ${isBeyond(sort, figure, after, boundRow)}` : ''} LIMIT ${mostOfMoments}`,
    rowValues,
  )
  if (found.length === mostOfMoments) return null
  const sign = sort.order === 'desc' ? -1 : 1
  const compare = (a: Place, b: Place): number => sign * (a.figure - b.figure || a.timestampUs - b.timestampUs)
  const page = found
    // At a moment there may be rows that come later than all places: not every one of those is here.
    .filter((row) => compare(row, last) <= 0)
    .sort((a, b) => compare(a, b) || sign * (a.id < b.id ? -1 : 1))
    .slice(0, limit)
  const isWhole = page.length === limit || places.length < wanted
  return isWhole ? page : null
}
