import * as fc from '../../fakes/seeded-check'
import { expect, test } from 'vitest'
import { openBodies } from '../../../src-main/core/bodies/open-bodies'
import { JsonTree } from '../../../src-renderer/conversation/raw/json-tree'
import { damage, damaged, distortion, seeds } from './mutations'

/** NEXUS_TEST_ROUNDS=100000 takes a hundred thousand. */
const mutations = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 4_000)
const waitMs = 60_000 + mutations * 10

/**
 * Names whose values a reader leaves to the raw view on purpose: ciphers and signatures, kinds and ids of the wire, and
 * what is told as figures.
 */
const leftToRaw = new Set([
  'type',
  'id',
  'signature',
  'data',
  'encrypted_content',
  'caller',
  'toolset_name',
  'cache_control',
  'usage',
  'citations',
])

/** The texts of a JSON value that stand under no such name. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (leftToRaw.has(key) ? [] : textsOf(inner)))
}

/** Every text of the normal form, whatever it stands under, and every name. */
function shownIn(value: unknown): string {
  const parts: string[] = []
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === 'string') parts.push(next)
    else if (typeof next === 'object' && next !== null) {
      if (!Array.isArray(next)) parts.push(...Object.keys(next))
      waiting.push(...(Object.values(next) as unknown[]))
    }
  }
  return parts.join('\u0000')
}

function lostOf(text: string): string[] {
  const opened = openBodies({ request: text, response: null })
  const shown = shownIn([opened.request, opened.page.messages])
  return textsOf(parsed(text)).filter((each) => !shown.includes(each))
}

/** What a text holds as JSON, encoded as often as it may be; the text itself where it is none. */
function parsed(text: string): unknown {
  let value: unknown = text
  for (let depth = 0; depth < 4 && typeof value === 'string'; depth++) {
    if (depth > 0 && !/^\s*[[{"]/.test(value)) return value
    try {
      value = JSON.parse(value)
    } catch {
      return value
    }
  }
  return value
}

test(
  'no text of a damaged request is lost: it is in the normal form, or its name is one that raw shows',
  () => {
    fc.assert(
      fc.property(distortion, (text) => {
        expect(lostOf(text)).toEqual([])
      }),
      { numRuns: Math.ceil(mutations / 2) },
    )
  },
  waitMs,
)

test(
  'the raw view holds each damaged body as it is stored',
  () => {
    fc.assert(
      fc.property(fc.constantFrom(...seeds), damage, (seed, marks) => {
        const text = damaged(seed, marks)
        let value: unknown
        try {
          value = JSON.parse(text)
        } catch {
          // The view then shows the text itself; the normal form does so, too.
          expect(() => new JsonTree(text)).toThrow(SyntaxError)
          if (text.trim() !== '') expect(lostOf(text)).toEqual([])
          return
        }
        const tree = new JsonTree(text)
        const root = typeof value === 'string' ? JSON.stringify(tree.text(0)) : tree.text(0)
        expect(JSON.stringify(JSON.parse(root))).toBe(JSON.stringify(value))
      }),
      { numRuns: Math.ceil(mutations / 2) },
    )
  },
  waitMs,
)
