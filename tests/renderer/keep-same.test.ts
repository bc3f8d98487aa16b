import * as fc from '../fakes/seeded-check'
import { expect, test } from 'vitest'
import { keepSame } from '../../src-renderer/state/keep-same'

test('a part that did not change stays the object that it was', () => {
  const former = { theme: 'dark', currency: { code: 'EUR', perUsd: 0.9 }, rules: [{ of: 'a' }, { of: 'b' }] }
  const next = { theme: 'light', currency: { code: 'EUR', perUsd: 0.9 }, rules: [{ of: 'a' }, { of: 'c' }] }
  const kept = keepSame(former, next)
  expect(kept).toEqual(next)
  expect(kept.currency).toBe(former.currency)
  expect(kept.rules[0]).toBe(former.rules[0])
  expect(kept.rules[1]).not.toBe(former.rules[1])
  expect(keepSame(former, structuredClone(former))).toBe(former)
})

test('it is always what was given', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (former, next) => {
      expect(keepSame<unknown>(former, next)).toEqual(next)
      expect(keepSame<unknown>({ a: former, b: next }, { b: next })).toEqual({ b: next })
    }),
  )
})
