import type { ListSort } from '../core/ports'
import type { ListPlace } from './list-cursor'
import { figureOfNone, figures, isBeyond } from './order-sql'
import { rowColumns, type StoredRow } from './read-rows'
import type { TimeRange } from './replica-store'
import type { Bound } from './row-filter'
import type { SqlValue, Statements } from './session'

export type ListRow = StoredRow & { figure: number }

export interface RowSearch {
  /** Null where no row lies outside: reading every row's time would cost half as much again. */
  range: TimeRange | null
  /** Whole hours of the range whose roll-up knows the conditions. */
  rolledHours?: { fromHour: number; toHour: number }
  /** The other conditions, each with AND before it. */
  matching(bound: Bound): string
}

/** The condition on the time. */
export function within({ range }: RowSearch, bound: Bound): string {
  return range ? `timestamp_us >= ${bound(range.fromUs)} AND timestamp_us < ${bound(range.toUs)}` : 'true'
}

/** Rows of the former page that share the figure of its last row may be among the next figures. */
const spareRows = 8
/** Where more rows than this and the page share a figure, their times are looked at first. */
const mostAlike = 400

/**
 * The first rows in the order of a figure. The largest figures of the hours say from where on there are enough rows;
 * what is there is read at once and holds the page. Where they say nothing, or there is far more, the bare figures of
 * all rows say how far the page reaches, a tenth of the work of sorting whole rows; then only those parts of the file
 * are read for the rows that have figures in that reach. Null where rows without the figure may be on the page.
 */
export async function findByFigure(
  statements: Statements,
  search: RowSearch,
  { sort, after, limit }: { sort: ListSort; after: ListPlace | null; limit: number },
): Promise<ListRow[] | null> {
  if (sort.by === 'time' || after?.figure === figureOfNone(sort.order)) return null
  const { rolledHours, matching } = search
  const { sql: figure, isKnown, peak, implied } = figures[sort.by]
  const isDown = sort.order === 'desc'
  const [before, until, from, beyond, sign] = isDown ? ['>', '>=', '<=', '<', -1] : ['<', '<=', '>=', '>', 1]
  const compare = (a: ListPlace, b: ListPlace): number =>
    sign * (a.figure! - b.figure! || a.timestampUs - b.timestampUs || (a.id < b.id ? -1 : Number(a.id > b.id)))

  async function select<Row>(what: string, conditions: (bound: Bound) => string[], rest: string): Promise<Row[]> {
    const values: SqlValue[] = []
    const bound: Bound = (value) => `$${values.push(value)}`
    const all = [within(search, bound), ...(isKnown === null ? [] : [isKnown]), ...conditions(bound)]
    const where = `${all.join(' AND ')} ${matching(bound)}`
    return statements.rows<Row>(`SELECT ${what} FROM request WHERE ${where} ${rest}`, values)
  }
  const selectRows = (conditions: (bound: Bound) => string[], most: number): Promise<ListRow[]> =>
    select(`${rowColumns}, ${figure}::DOUBLE AS figure`, conditions, `LIMIT ${most}`)

  /** The first rows of one figure in the order of time, from behind a place on; some more where they share a moment. */
  async function rowsAt(value: number, count: number, place: ListPlace | null): Promise<ListRow[]> {
    const bounds = await implied(statements, { low: value, high: value })
    const conditions = (bound: Bound): string[] => [
      `${figure} = ${bound(value)}`,
      ...bounds,
      ...(place ? [isBeyond(sort, '', { ...place, figure: null }, bound)] : []),
    ]
    const first = `ORDER BY timestamp_us ${sort.order} LIMIT ${count}`
    const times = await select<{ us: number }>('timestamp_us::DOUBLE AS us', conditions, first)
    if (times.length === 0) return []
    const ends = [times[0]!.us, times.at(-1)!.us].sort((a, b) => a - b)
    const isBetween = (bound: Bound): string => `timestamp_us BETWEEN ${bound(ends[0]!)} AND ${bound(ends[1]!)}`
    return selectRows((bound) => [...conditions(bound), isBetween(bound)], allOfThem)
  }

  /** A figure that so many rows behind the place have or exceed: each peak is that of a row. Null where none is known. */
  async function enoughFrom(count: number): Promise<number | null> {
    if (!isDown || !rolledHours) return null
    const values: SqlValue[] = []
    const bound: Bound = (value) => `$${values.push(value)}`
    const hours = `hour >= ${bound(rolledHours.fromHour)} AND hour < ${bound(rolledHours.toHour)}`
    const behind = after ? `AND ${peak} < ${bound(after.figure!)}` : ''
    const peaks = await statements.rows<{ figure: number }>(
      `SELECT ${peak} AS figure FROM hourly WHERE ${hours} ${behind} ${matching(bound)}
        ORDER BY ${peak} DESC LIMIT ${count}`,
      values,
    )
    const last = peaks.at(-1)?.figure ?? -1
    return peaks.length < count || last < 0 ? null : last
  }

  /** The first figures behind the place, or from it on. */
  async function figuresFrom(is: string, count: number): Promise<number[]> {
    const rows = await select<{ figure: number }>(
      `${figure}::DOUBLE AS figure`,
      (bound) => (after ? [`${figure} ${is} ${bound(after.figure!)}`] : []),
      `ORDER BY ${figure} ${sort.order} LIMIT ${count}`,
    )
    return rows.map((row) => row.figure)
  }

  /** Rows from the place's figure to another one; `is` says which of either are among them. */
  async function rowsBetween(is: { from: string; to: string }, last: number, most: number): Promise<ListRow[]> {
    const place = after?.figure ?? null
    const bounds = await implied(statements, isDown ? { low: last, high: place } : { low: place, high: last })
    const isFrom = (bound: Bound): string[] => (place === null ? [] : [`${figure} ${is.from} ${bound(place)}`])
    return selectRows((bound) => [...isFrom(bound), `${figure} ${is.to} ${bound(last)}`, ...bounds], most)
  }

  const mayLackRows = (found: number, wanted: number): boolean => found < wanted && isKnown !== null
  const wanted = limit + (after ? spareRows : 0)
  const mostRows = wanted + mostAlike
  const behindPlace = (rows: ListRow[]): ListRow[] => (after ? rows.filter((row) => compare(row, after) > 0) : rows)

  const enough = await enoughFrom(limit)
  if (enough !== null) {
    const rows = await rowsBetween({ from, to: until }, enough, mostRows)
    const page = behindPlace(rows)
    if (rows.length < mostRows && page.length >= limit) return inOrder(page)
  }

  const reach = await figuresFrom(from, wanted)
  if (mayLackRows(reach.length, wanted)) return null
  if (reach.length === 0) return []
  const near = await rowsBetween({ from, to: until }, reach.at(-1)!, mostRows)
  const page = behindPlace(near)
  if (near.length < mostRows && (page.length >= limit || reach.length < wanted)) return inOrder(page)

  // Many rows share a figure: those of the place first, then what lies before the last figure, then those of the last.
  const others = after ? await rowsAt(after.figure!, limit, after) : []
  const left = limit - others.length
  if (left <= 0) return inOrder(others)
  const further = await figuresFrom(beyond, left)
  if (mayLackRows(further.length, left)) return null
  const last = further.at(-1)
  if (last === undefined) return inOrder(others)
  const better = further.filter((one) => one !== last).length
  if (better > 0) others.push(...(await rowsBetween({ from: beyond, to: before }, last, allOfThem)))
  others.push(...(await rowsAt(last, further.length - better, null)))
  return inOrder(others)

  function inOrder(rows: ListRow[]): ListRow[] {
    return rows.sort(compare).slice(0, limit)
  }
}

const allOfThem = Number.MAX_SAFE_INTEGER
