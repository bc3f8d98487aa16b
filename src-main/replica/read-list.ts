import type { ListAnswer, ListQuery, ListSort } from '../core/ports'
import { countHoursInMemory, type HourCount } from './count-hours'
import { findByFigure, within, type ListRow, type RowSearch } from './find-by-figure'
import { hourOf } from './hourly'
import { decodeCursor, encodeCursor, type ListPlace } from './list-cursor'
import { figureSql, isBeyond } from './order-sql'
import type { ReadContext } from './read-context'
import { readPlaces } from './read-places'
import { readPreviews, rowColumns, toRequestRow } from './read-rows'
import { makeRowFilter, type Bound, type RowFilter } from './row-filter'
import { errorCondition } from './schema'
import type { TimeRange } from './replica-store'
import type { SqlValue, Statements } from './session'
import { hourUs, usFromMs } from './time-units'

const newestFirst: ListSort = { by: 'time', order: 'desc' }

/**
 * One page. In the order of time the roll-up says how many rows each hour has, so the page is looked for in the few
 * hours that fill it, however long the window is. Throws `invalid-input` for a cursor that is none.
 */
export async function readList(
  statements: Statements,
  context: ReadContext,
  query: ListQuery,
): Promise<Omit<ListAnswer, 'asOf'>> {
  const { words } = context
  const sort = query.sort ?? newestFirst
  const after = query.cursor === undefined ? null : decodeCursor(sort, query.cursor)
  const filter = await makeRowFilter(statements, context, query)
  const fromUs = usFromMs(query.fromMs)
  const toUs = usFromMs(query.toMs)
  if (filter === null || fromUs >= toUs) return { items: [], nextCursor: null, total: 0 }

  const asked = { fromUs, toUs, isAll: holdsAll(context, { fromUs, toUs }), errorsOnly: query.errorsOnly, filter }
  const order = { sort, after, limit: query.limit + 1 }
  const { total, found } = filter.isRolledUp
    ? await findByHours(statements, context, { query, asked, order })
    : await findByRows(statements, context, { query, asked, order })
  const page = found.slice(0, query.limit)
  const ids = page.map((row) => row.id)
  const previews = await readPreviews(statements, ids)
  const places = await readPlaces(statements, ids)
  const last = page.at(-1)
  const items = page.map((row) => ({
    ...toRequestRow(row, words, previews.get(row.id) ?? null),
    ...places.get(row.id),
  }))
  context.times.learn(items)
  return {
    items,
    nextCursor:
      last && found.length > page.length
        ? encodeCursor(sort, { ...last, figure: sort.by === 'time' ? null : last.figure })
        : null,
    total,
  }
}

interface Question {
  query: ListQuery
  asked: Asked
  order: Order
}

interface Order {
  sort: ListSort
  after: ListPlace | null
  limit: number
}

function sumOf(hours: readonly HourCount[]): number {
  return hours.reduce((sum, { count }) => sum + count, 0)
}

interface Found {
  total: number
  found: ListRow[]
}

/** Where the sums by hour know how many rows match, the page is looked for in the hours that hold it. */
async function findByHours(
  statements: Statements,
  context: ReadContext,
  { query, asked, order }: Question,
): Promise<Found> {
  const hours =
    (await countHoursInMemory(statements, context, { window: query, errorsOnly: query.errorsOnly })) ??
    (await countByHour(statements, context.rolledUntilHour, asked))
  const total = sumOf(hours)
  if (order.sort.by !== 'time') {
    const search = { ...searchOf(asked), ...(!query.errorsOnly && { rolledHours: wholeHours(asked, context) }) }
    return { total, found: await findSorted(statements, search, order, total) }
  }
  return { total, found: await findInOrder(statements, searchOf(asked, spanOfPage(asked, { hours, ...order })), order) }
}

/** Where rows alone know what matches, all are counted at once, and the page is looked for where it should be. */
async function findByRows(
  statements: Statements,
  context: ReadContext,
  { query, asked, order }: Question,
): Promise<Found> {
  const total = await countRows(statements, asked)
  if (total === 0) return { total, found: [] }
  if (order.sort.by !== 'time') return { total, found: await findSorted(statements, searchOf(asked), order, total) }
  const window = { fromMs: query.fromMs, toMs: query.toMs }
  const hours = await countHoursInMemory(statements, context, { window, errorsOnly: false })
  if (hours) {
    const share = Math.min(1, (total / sumOf(hours)) * cautious)
    const expected = hours.map(({ hour, count }) => ({ hour, count: count * share }))
    const span = spanOfPage(asked, { hours: expected, ...order })
    const found = await findInOrder(statements, searchOf(asked, span), order)
    if (found.length === order.limit) return { total, found }
  }
  return { total, found: await findInOrder(statements, searchOf(asked), order) }
}

/** Matching rows may lie thinner at one place than over all: a page is looked for in several times the rows. */
const cautious = 1 / 4

async function findSorted(statements: Statements, search: RowSearch, order: Order, total: number): Promise<ListRow[]> {
  const found = total > order.limit ? await findByFigure(statements, search, order) : null
  return found ?? findInOrder(statements, search, order)
}

async function countRows(statements: Statements, asked: Asked): Promise<number> {
  const values: SqlValue[] = []
  const bound: Bound = (value) => `$${values.push(value)}`
  const [counted] = await statements.rows<{ rows: number }>(
    `SELECT count(*)::DOUBLE AS rows FROM request WHERE ${within(searchOf(asked), bound)} ${matching(asked, bound)}`,
    values,
  )
  return counted!.rows
}

/** The hours of a window that the roll-up has and nothing cuts. */
function wholeHours({ fromUs, toUs }: Asked, { rolledUntilHour }: { rolledUntilHour: number }) {
  const fromHour = Math.ceil(fromUs / hourUs)
  return { fromHour, toHour: Math.max(fromHour, Math.min(rolledUntilHour, hourOf(toUs))) }
}

function searchOf(asked: Asked, range?: TimeRange): RowSearch {
  const { fromUs, toUs, isAll } = asked
  return { range: range ?? (isAll ? null : { fromUs, toUs }), matching: (bound) => matching(asked, bound) }
}

/** Whether the window holds every row, as far as memory knows that. */
function holdsAll({ memory }: ReadContext, { fromUs, toUs }: TimeRange): boolean {
  const bounds = memory?.blocks.bounds()
  if (!memory || !bounds || bounds.fromUs < fromUs || bounds.toUs > toUs) return false
  memory.isUsed = true
  return true
}

/** Whole rows in any order: for a range of few rows, or where findByFigure cannot tell. */
async function findInOrder(
  statements: Statements,
  search: RowSearch,
  { sort, after, limit }: Order,
): Promise<ListRow[]> {
  // Values are bound: the text stays the same from page to page, and DuckDB keeps its plan.
  const values: SqlValue[] = []
  const bound: Bound = (value) => `$${values.push(value)}`
  const figure = figureSql(sort)
  return statements.rows<ListRow>(
    `SELECT ${rowColumns}, (${figure})::DOUBLE AS figure FROM request
      WHERE ${within(search, bound)} ${search.matching(bound)} ${after ? `AND ${isBeyond(sort, figure, after, bound)}` : ''}
      ORDER BY ${sort.by === 'time' ? '' : `${figure} ${sort.order}, `}timestamp_us ${sort.order}, request.id ${sort.order}
      LIMIT ${bound(limit)}`,
    values,
  )
}

interface Asked {
  fromUs: number
  toUs: number
  /** Whether no row lies outside. */
  isAll: boolean
  errorsOnly: boolean
  filter: RowFilter
}

/** The whole condition on a row beside its time. */
function matching({ filter, errorsOnly }: Asked, bound: Bound): string {
  return errorsOnly ? `${filter.sql(bound)} AND ${errorCondition}` : filter.sql(bound)
}

/** The few hours that hold a page in the order of time. */
function spanOfPage(
  { fromUs, toUs }: Asked,
  page: { hours: { hour: number; count: number }[]; after: ListPlace | null; sort: ListSort; limit: number },
): { fromUs: number; toUs: number } {
  const { hours, after, sort, limit } = page
  const isDown = sort.order === 'desc'
  const span = { fromUs, toUs }
  if (after && isDown) span.toUs = Math.min(toUs, after.timestampUs + 1)
  if (after && !isDown) span.fromUs = Math.max(fromUs, after.timestampUs)
  const startHour = isDown ? hourOf(span.toUs - 1) : hourOf(span.fromUs)
  let reachable = 0
  for (const { hour, count } of isDown ? hours : hours.toReversed()) {
    // The hour of the cursor may have any number of its rows left.
    if (after && (isDown ? hour >= startHour : hour <= startHour)) continue
    reachable += count
    if (reachable <= limit) continue
    if (isDown) span.fromUs = Math.max(fromUs, hour * hourUs)
    else span.toUs = Math.min(toUs, (hour + 1) * hourUs)
    break
  }
  return span
}

/** Matching rows by hour, newest hour first; hours without any are left out. For filters that the roll-up knows. */
async function countByHour(statements: Statements, rolledUntilHour: number, asked: Asked) {
  const { fromUs, toUs, errorsOnly, filter } = asked
  const { fromHour, toHour } = wholeHours(asked, { rolledUntilHour })
  const values: SqlValue[] = []
  const bound: Bound = (value) => `$${values.push(value)}`
  const counts: { hour: number; count: number }[] = []
  await statements.visit(
    `SELECT hour::DOUBLE AS hour, sum(matches) AS count FROM (
      SELECT hour, ${errorsOnly ? 'errors' : 'requests'} AS matches FROM hourly
      WHERE hour >= ${bound(fromHour)} AND hour < ${bound(toHour)} ${filter.sql(bound)}
      UNION ALL
      SELECT timestamp_us // ${hourUs} AS hour, count(*)::DOUBLE AS matches FROM request
      WHERE timestamp_us >= ${bound(fromUs)} AND timestamp_us < ${bound(toUs)}
        AND (timestamp_us < ${bound(fromHour * hourUs)} OR timestamp_us >= ${bound(toHour * hourUs)})
        ${matching(asked, bound)}
      GROUP BY hour
    ) GROUP BY hour HAVING sum(matches) > 0 ORDER BY hour DESC`,
    values,
    ([hour, count]) => counts.push({ hour: hour!, count: count! }),
  )
  return counts
}
