import { expect, test } from 'vitest'
import { containsUnits, textUnits } from '../../../src-main/core/search/text-units'

const contains = (text: string, wanted: string, isPrefix = false) =>
  containsUnits(textUnits(text), textUnits(wanted), isPrefix)

test.each([
  ['The Quick Brown Fox', 'quick brown'],
  ['Müller fährt in die Straße', 'muller fahrt'],
  ['Müller fährt in die STRASSE', 'straße'],
  ['naïve CAFÉ', 'cafe'],
  ['ﬁle ①', 'file 1'],
  ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
  ['İstanbul', 'istanbul'],
  ['私は日本語を話します', '日本語'],
  ['서울특별시', '특별'],
  ['error_code=42, retry-after: 7', 'retry after 7'],
  ['किताब पढ़ो', 'किताब'],
])('%s has %s', (text, wanted) => {
  expect(contains(text, wanted)).toBe(true)
})

test.each([
  ['The Quick Brown Fox', 'quick fox'],
  ['The Quick Brown Fox', 'quic'],
  ['日本と中国', '日中'],
  ['error_code', 'error'],
])('%s has no %s', (text, wanted) => {
  expect(contains(text, wanted)).toBe(false)
})

test('the last word of a prefix may go on', () => {
  expect(contains('the deployment failed', 'the deploy', true)).toBe(true)
  expect(contains('the deployment failed', 'th deploy', true)).toBe(false)
})

test('a very long word is cut, and found all the same', () => {
  const key = 'x'.repeat(100_000)
  expect(textUnits(key)[0]!.text.length).toBe(64)
  expect(contains(`the key ${key}`, key)).toBe(true)
})
