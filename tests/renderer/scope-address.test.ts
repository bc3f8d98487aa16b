import { assert, boolean, constantFrom, integer, option, property, record, string, tuple } from '../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import type { LocationQuery } from 'vue-router'
import {
  readScope,
  sorts,
  windowHours,
  windows,
  writeScope,
  type ViewScope,
} from '../../src-renderer/state/scope-address'

describe('the scope in the address', () => {
  test('without a word it is the last 24 hours of everything', () => {
    expect(readScope({})).toEqual({
      domain: undefined,
      model: undefined,
      window: '24h',
      from: undefined,
      to: undefined,
      errorsOnly: false,
      q: undefined,
      sort: 'time',
      order: 'desc',
    })
    expect(writeScope(readScope({}))).toEqual({})
  })

  test('an empty domain is kept, since it means the rows without one', () => {
    expect(readScope({ domain: '' }).domain).toBe('')
    expect(writeScope(readScope({ domain: '' }))).toEqual({ domain: '' })
    expect(readScope({ domain: null }).domain).toBeUndefined()
  })

  test.each<LocationQuery>([
    { window: '12h' },
    { window: ['x', '7d'] },
    { from: 'yesterday', to: 'today' },
    { from: '2026-03-03T00:00:00Z' },
    { from: '2026-03-04T00:00:00Z', to: '2026-03-03T00:00:00Z' },
    { errors: 'yes' },
    { q: '  ' },
    { sort: 'size', order: 'up' },
  ])('%j is not understood and counts as not said', (query) => {
    expect(writeScope(readScope(query))).toEqual({})
  })

  test('a range is read in any offset and written in UTC', () => {
    const scope = readScope({ from: '2026-03-03T01:00:00+01:00', to: '2026-03-03T02:00:00Z' })
    expect(writeScope(scope)).toEqual({ from: '2026-03-03T00:00:00.000Z', to: '2026-03-03T02:00:00.000Z' })
  })

  test('every scope survives the way through the address', () => {
    const instants = integer({ min: 0, max: 4e12 })
    const scopes = record({
      domain: option(string({ maxLength: 255 }), { nil: undefined }),
      model: option(string({ maxLength: 255 }), { nil: undefined }),
      window: constantFrom(...windows.map(({ id }) => id)),
      range: option(tuple(instants, integer({ min: 1, max: 1e10 })), { nil: undefined }),
      errorsOnly: boolean(),
      q: option(
        string({ minLength: 1, maxLength: 1000 }).filter((text) => text.trim() === text && text !== ''),
        { nil: undefined },
      ),
      columns: option(constantFrom('time,cost', 'domain'), { nil: undefined }),
      sort: constantFrom(...sorts),
      order: constantFrom('asc' as const, 'desc' as const),
    })
    assert(
      property(scopes, ({ range, ...rest }) => {
        const iso = (ms: number) => new Date(ms).toISOString()
        const scope: ViewScope = { ...rest, from: range && iso(range[0]), to: range && iso(range[0] + range[1]) }
        expect(readScope(writeScope(scope) as LocationQuery)).toEqual(scope)
      }),
    )
  })

  test('each window has its hours', () => {
    expect(windows.map(({ id }) => windowHours(id))).toEqual([1, 24, 168, 720, 2160])
  })
})
