import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

/*
 * The eight chart hues, as eyes with and without all their cones see them. Dichromacy after Machado, Oliveira and
 * Fernandes 2009 (severity 1), distances in Oklab (Ottosson 2020), contrast after WCAG 2.
 */
type Triple = [number, number, number]

const css = readFileSync(path.resolve('src-renderer/theme.css'), 'utf8')

const dichromacies: Record<string, [Triple, Triple, Triple] | null> = {
  'all cones': null,
  'no red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue cones': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

function token(name: string): Record<'light' | 'dark', Triple> {
  const match = css.match(new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`))
  if (!match) throw new Error(`theme.css has no --${name}`)
  return { light: linear(match[1]!), dark: linear(match[2]!) }
}

function linear(hex: string): Triple {
  const channel = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

function oklab(rgb: Triple): Triple {
  const root = (weights: Triple) => Math.cbrt(Math.max(0, dot(weights, rgb)))
  const lms: Triple = [
    root([0.4122214708, 0.5363325363, 0.0514459929]),
    root([0.2119034982, 0.6806995451, 0.1073969566]),
    root([0.0883024619, 0.2817188376, 0.6299787005]),
  ]
  return [
    dot([0.2104542553, 0.793617785, -0.0040720468], lms),
    dot([1.9779984951, -2.428592205, 0.4505937099], lms),
    dot([0.0259040371, 0.7827717662, -0.808675766], lms),
  ]
}

function seen(rgb: Triple, matrix: [Triple, Triple, Triple] | null): Triple {
  if (!matrix) return oklab(rgb)
  return oklab(matrix.map((row) => Math.min(1, Math.max(0, dot(row, rgb)))) as Triple)
}

function contrast(a: Triple, b: Triple): number {
  const luminance = (rgb: Triple) => dot([0.2126, 0.7152, 0.0722], rgb) + 0.05
  return Math.max(luminance(a), luminance(b)) / Math.min(luminance(a), luminance(b))
}

describe.each(['light', 'dark'] as const)('the chart hues in the %s theme', (theme) => {
  const hues = Array.from({ length: 8 }, (_, index) => token(`hue-${index}`)[theme])

  test.each(Object.entries(dichromacies))('are told apart with %s', (_eyes, matrix) => {
    const colours = hues.map((hue) => seen(hue, matrix))
    const distances = colours.flatMap((a, index) =>
      colours.slice(index + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    )
    // The best known set of eight for all eyes, of Okabe and Ito, reaches 0.076.
    expect(Math.min(...distances)).toBeGreaterThan(0.08)
  })

  test('stand out from the card they are drawn on', () => {
    const surface = token('surface')[theme]
    for (const hue of [...hues, token('hue-others')[theme]]) expect(contrast(hue, surface)).toBeGreaterThanOrEqual(3)
  })
})

describe.each(['light', 'dark'] as const)('text in the %s theme', (theme) => {
  const grounds = ['canvas', 'surface', 'raised', 'sunken', 'hover']

  test.each(['ink', 'ink-soft', 'ink-faint', 'accent-text', 'live', 'warn', 'failed'])(
    '%s can be read on every ground',
    (name) => {
      for (const ground of grounds) {
        expect(contrast(token(name)[theme], token(ground)[theme]), ground).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  test.each([
    ['accent-ink', 'accent'],
    ['accent-text', 'accent-soft'],
    ['live', 'live-soft'],
    ['warn', 'warn-soft'],
    ['failed', 'failed-soft'],
    ['ink-soft', 'failed-soft'],
    ['ink-soft', 'warn-soft'],
    ['ink-soft', 'accent-soft'],
  ])('%s can be read on %s', (name, ground) => {
    expect(contrast(token(name)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(4.5)
  })
})
