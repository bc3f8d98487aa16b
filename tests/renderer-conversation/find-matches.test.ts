import { describe, expect, it } from 'vitest'
import { openBodies } from '../../src-main/core/bodies/open-bodies'
import { buildRequestDetail } from '../../src-main/core/bodies/request-detail'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { findableTexts, findMatches, mostMatches } from '../../src-renderer/conversation/reader/find-matches'
import { readerItems } from '../../src-renderer/conversation/reader/reader-items'
import prices from '../../resources/claude-prices.json'
import { richBodies } from './fixture-bodies'
import { fixtureRow } from './fixture-rows'

const detail = buildRequestDetail({
  row: fixtureRow(),
  usage: null,
  opened: openBodies(richBodies()),
  ledger: createLedger(prices),
  readFrom: 'database',
  readAt: new Date().toISOString(),
})
const texts = findableTexts(readerItems(detail))
const places = (query: string) => findMatches(texts, query).map(({ source, nth }) => [source.part, source.folds, nth])

describe('find in a conversation', () => {
  it('finds whatever the case, and says what must be unfolded', () => {
    expect(places('THE BUILD FAILS')).toEqual([['message-0/0', [], 0]])
    expect(places('careful engineer')).toEqual([['system/0', ['system'], 0]])
    expect(places('runs a command')).toEqual([['tools/0', ['tools', 'tools/0'], 0]])
    expect(places('budget_tokens')).toEqual([['parameters', ['parameters'], 0]])
    expect(places('first the log')).toEqual([['message-1/0', ['message-1/0'], 0]])
    expect(places('step 2 failed')).toEqual([['message-0/2', ['message-0/2'], 0]])
    expect(places('tail -20')).toEqual([['message-1/3', ['message-1/3'], 0]])
    expect(places('brand_new_block')[0]).toEqual(['message-3/0', ['message-3/0'], 0])
  })

  it('counts a call and its result as one part, in the order of the page', () => {
    expect(places('retries')).toEqual([['message-1/4', ['message-1/4'], 0]])
    expect(places('retry').map(([part, , nth]) => [part, nth])).toEqual([
      ['message-1/3', 0],
      ['message-1/4', 0],
      ...[0, 1, 2].map((nth) => ['answer/0', nth]),
    ])
  })

  it('finds nothing for nothing, and stops counting where counting helps nobody', () => {
    expect(places('')).toEqual([])
    expect(places('not there at all')).toEqual([])
    const endless = [{ text: 'a'.repeat(mostMatches * 2), part: '', folds: [], item: 0 }]
    expect(findMatches(endless, 'a').length).toBe(mostMatches)
  })
})
