import { describe, expect, test } from 'vitest'
import { bytes } from '../../src-renderer/format/bytes'
import { duration } from '../../src-renderer/format/duration'
import { compactUsd, exactUsd, usd } from '../../src-renderer/format/money'
import { distinctModelNames, domainName, modelName } from '../../src-renderer/format/names'
import { changeSince, compactFigure, compactNumber, counted, percent } from '../../src-renderer/format/number'
import { distance, relativeTime } from '../../src-renderer/format/relative-time'
import { exactTokens, tokens } from '../../src-renderer/format/tokens'

describe('numbers', () => {
  test.each([
    [0, '0'],
    [9_999, '9,999'],
    [10_000, '10.0k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [999_499, '999k'],
    [999_500, '1.00M'],
    [12_345_678, '12.3M'],
    [999_500_000, '1.00B'],
    [2_500_000_000_000, '2.50T'],
    [-12_345, '-12.3k'],
  ])('%d is shown in three digits as %s', (value, text) => {
    expect(compactNumber(value)).toBe(text)
  })

  test('the unit stands apart from the figure, so that it can be drawn quieter', () => {
    expect(compactFigure(1_234_567)).toEqual({ figure: '1.23', unit: 'M' })
    expect(compactFigure(321)).toEqual({ figure: '321', unit: '' })
  })

  test.each([
    [0, '0%'],
    [0.0001, '<0.1%'],
    [0.064, '6.4%'],
    [0.64, '64%'],
    [1, '100%'],
  ])('the share %d is %s', (share, text) => {
    expect(percent(share)).toBe(text)
  })

  test('one of something is singular', () => {
    expect(counted(1, 'request')).toBe('1 request')
    expect(counted(1200, 'request')).toBe('1,200 requests')
  })
})

describe('the change against the window before', () => {
  test('nothing before and something now is new, not infinite', () => {
    expect(changeSince(5, 0)).toEqual({ kind: 'new' })
  })

  test('nothing before and nothing now says nothing', () => {
    expect(changeSince(0, 0)).toEqual({ kind: 'none' })
  })

  test('it has a direction and a size', () => {
    expect(changeSince(150, 100)).toEqual({ kind: 'changed', direction: 'up', text: '50%' })
    expect(changeSince(0, 100)).toEqual({ kind: 'changed', direction: 'down', text: '100%' })
    expect(changeSince(5000, 100)).toEqual({ kind: 'changed', direction: 'up', text: '50×' })
  })

  test('less than a twentieth of a percent is no change', () => {
    expect(changeSince(100_001, 100_000)).toEqual({ kind: 'same' })
  })
})

describe('money', () => {
  test.each([
    [0, '$0.00'],
    [1234.567, '$1,234.57'],
    [0.01, '$0.01'],
    [0.00996, '$0.01'],
    [0.0042, '$0.0042'],
    [0.000123, '$0.00012'],
    [0.0000001, '<$0.000001'],
  ])('%d dollars are %s', (costUsd, text) => {
    expect(usd(costUsd)).toBe(text)
  })

  test('what has no price is unpriced, never 0', () => {
    expect(usd(null)).toBe('unpriced')
    expect(exactUsd(null)).toBe('unpriced')
  })

  test('an exact sum has six decimals and an axis has few', () => {
    expect(exactUsd(1.2)).toBe('$1.200000')
    expect([compactUsd(12_345), compactUsd(340.4), compactUsd(2_000_000)]).toEqual(['$12.3k', '$340', '$2.0M'])
  })
})

describe('tokens, durations, sizes and names', () => {
  test('a figure that the source does not have is a dash, never 0', () => {
    expect([tokens(null), duration(null)]).toEqual(['–', '–'])
    expect(exactTokens(null)).toBe('not recorded')
    expect(exactTokens(1)).toBe('1 token')
  })

  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [999.6, '1.0 s'],
    [9_949, '9.9 s'],
    [59_949, '60 s'],
    [65_000, '1 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms are %s', (elapsedMs, text) => {
    expect(duration(elapsedMs)).toBe(text)
  })

  test.each([
    [820, '820 B'],
    [1_250_000, '1.25 MB'],
    [999_600, '1.00 MB'],
    [5_000_000_000_000_000, '5000 TB'],
  ])('%d bytes are %s', (byteLength, text) => {
    expect(bytes(byteLength)).toBe(text)
  })

  test.each([
    ['claude-sonnet-4-5-20250929', 'sonnet-4-5'],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'opus-4-1'],
    ['claude-3-5-haiku@20241022', '3-5-haiku'],
    ['anthropic/claude-haiku-4-5', 'haiku-4-5'],
    ['gpt-4o', 'gpt-4o'],
    ['claude-', 'claude-'],
    [null, 'no model'],
    ['', 'no model'],
  ])('the model %s is shown as %s', (model, name) => {
    expect(modelName(model)).toBe(name)
  })

  test('a row without a domain says so', () => {
    expect([domainName(null), domainName(''), domainName('acme.com')]).toEqual(['no domain', 'no domain', 'acme.com'])
  })
})

describe('relative times', () => {
  const now = Date.parse('2026-03-03T12:00:00Z')
  test.each([
    ['2026-03-03T12:00:00Z', 'now'],
    ['2026-03-03T11:59:48Z', '12 s ago'],
    ['2026-03-03T11:57:00Z', '3 min ago'],
    ['2026-03-01T13:00:00Z', '47 h ago'],
    ['2026-02-26T12:00:00Z', '5 days ago'],
    ['2026-03-03T14:00:00Z', 'in 2 h'],
  ])('%s is %s', (instant, text) => {
    expect(relativeTime(instant, now)).toBe(text)
  })

  test('below a second there is no distance', () => {
    expect(distance(999)).toBe('')
  })
})

describe('models side by side', () => {
  test('an alias, a dated model and one of a cloud keep names of their own', () => {
    const models = [
      'claude-sonnet-4-5',
      'claude-sonnet-4-5-20250929',
      'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'claude-haiku-4-5-20251001',
      null,
    ]
    expect(models.map(distinctModelNames(models))).toEqual([
      'sonnet-4-5',
      'sonnet-4-5 (20250929)',
      'sonnet-4-5 (eu.anthropic 20250929)',
      'haiku-4-5',
      'no model',
    ])
  })
})
