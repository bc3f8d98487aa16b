import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { apportion, apportionTokens, weighPrompt } from '../../../src-main/core/bodies/apportion-tokens'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { wireBlocks } from './wire-blocks'

function sharesOf(body: unknown, promptTokens: number) {
  return apportionTokens(weighPrompt(readRequestBody(JSON.stringify(body))), promptTokens)
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

describe('shares of a prompt', () => {
  test('add up to the exact total, whatever the weights', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000_000),
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (total, weights) => {
          const shares = apportion(total, weights)
          expect(sum(shares)).toBe(weights.some((weight) => weight > 0) ? total : 0)
          expect(shares.every((share) => Number.isInteger(share) && share >= 0)).toBe(true)
        },
      ),
    )
  })

  test('go to system, tools and messages of every kind', () => {
    const body = {
      system: 'You are kind.',
      tools: [{ name: 'Read', description: 'Reads a file.', input_schema: { type: 'object' } }],
      messages: wireBlocks.map(({ wire }) => ({ role: 'user', content: [wire] })),
    }
    const { system, tools, messages } = sharesOf(body, 123_457)
    expect(system + tools + sum(messages)).toBe(123_457)
    expect(Math.min(system, tools, ...messages)).toBeGreaterThan(0)
  })

  test('follow the length of the text, in any script', () => {
    const { messages } = sharesOf(
      {
        messages: ['a'.repeat(4000), 'a'.repeat(8000), '漢'.repeat(2000)].map((content) => ({ role: 'user', content })),
      },
      4500,
    )
    expect(messages.map((tokens) => Math.round(tokens / 100))).toEqual([10, 20, 15])
  })

  test('give a tiny picture a tiny share, and a picture of unknown size a usual one', () => {
    const tiny = wireBlocks.find(({ name }) => name === 'image as data')?.wire
    const unknown = { type: 'image', source: { type: 'file', file_id: 'f' } }
    const { messages } = sharesOf(
      { messages: [tiny, unknown].map((block) => ({ role: 'user', content: [block] })) },
      1000,
    )
    expect(messages[0]).toBeLessThan(10)
  })

  test('are none where there is nothing to share among', () => {
    expect(sharesOf({}, 500)).toEqual({ system: 0, tools: 0, messages: [] })
  })
})
