import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { ListSort, SortOrder } from '../../src-main/contract/conversations'

/** The windows on offer. The first screen shows 24 hours. */
export const windows = [
  { id: '1h', hours: 1, label: 'Last hour' },
  { id: '24h', hours: 24, label: 'Last 24 hours' },
  { id: '7d', hours: 7 * 24, label: 'Last 7 days' },
  { id: '30d', hours: 30 * 24, label: 'Last 30 days' },
  { id: '90d', hours: 90 * 24, label: 'Last 90 days' },
] as const

export type WindowId = (typeof windows)[number]['id']

/** What is looked at, as the address holds it. `domain`/`model` '' are the rows without one. */
export interface ViewScope {
  domain: string | undefined
  model: string | undefined
  window: WindowId
  /** Half-open range in ISO UTC; when set it stands instead of the window. */
  from: string | undefined
  to: string | undefined
  errorsOnly: boolean
  /** A query of the query language, as it was written. */
  q: string | undefined
  /** Order of the list; newest first unless it is said. */
  sort: ListSort
  order: SortOrder
  /** Columns of the list, by commas; undefined for those that this browser keeps. */
  columns: string | undefined
}

export const sorts = ['time', 'cost', 'tokens', 'duration'] as const satisfies ListSort[]

/** Hours of a window. */
export function windowHours(id: WindowId): number {
  return windows.find((window) => window.id === id)?.hours ?? 24
}

/** The scope in an address. What is not understood counts as not said: an address is typed by anyone. */
export function readScope(query: LocationQuery): ViewScope {
  const window = windows.find((each) => each.id === single(query.window))?.id ?? '24h'
  const from = readInstant(query.from)
  const to = readInstant(query.to)
  const isRange = from !== undefined && to !== undefined && from < to
  return {
    domain: single(query.domain),
    model: single(query.model),
    window,
    from: isRange ? from : undefined,
    to: isRange ? to : undefined,
    errorsOnly: single(query.errors) === '1',
    q: single(query.q, longestQuery)?.trim() || undefined,
    sort: sorts.find((each) => each === single(query.sort)) ?? 'time',
    order: single(query.order) === 'asc' ? 'asc' : 'desc',
    columns: /^[a-z,]+$/.exec(single(query.cols) ?? '')?.[0],
  }
}

/** The address of a scope, without what is the default anyway. */
export function writeScope(scope: ViewScope): LocationQueryRaw {
  const query: LocationQueryRaw = {}
  if (scope.domain !== undefined) query.domain = scope.domain
  if (scope.model !== undefined) query.model = scope.model
  if (scope.window !== '24h') query.window = scope.window
  if (scope.from !== undefined && scope.to !== undefined) {
    query.from = scope.from
    query.to = scope.to
  }
  if (scope.errorsOnly) query.errors = '1'
  if (scope.q !== undefined) query.q = scope.q
  if (scope.sort !== 'time') query.sort = scope.sort
  if (scope.order !== 'desc') query.order = scope.order
  if (scope.columns !== undefined) query.cols = scope.columns
  return query
}

/** What a query may have at most; a longer one is told so by the host. */
const longestQuery = 2000

function single(value: LocationQuery[string] | undefined, longest = 255): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return first === null || first === undefined ? undefined : first.slice(0, longest)
}

function readInstant(value: LocationQuery[string] | undefined): string | undefined {
  const text = single(value)
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}
