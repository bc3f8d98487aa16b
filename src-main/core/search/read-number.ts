import type { NumberUnit } from './fields'
import type { NumberRange } from './query'

const comparison = /^(>=|<=|>|<)(.*)$/s
const decimal = /^(\d{0,16})(?:\.(\d{0,16}))?([a-z]*)$/i

/** The range that a text says, in whole smallest units; a sentence where it says none. */
export function readRange(text: string, unit: NumberUnit): NumberRange | string {
  const compared = comparison.exec(text)
  if (compared) {
    const value = readNumber(compared[2]!, unit)
    return typeof value === 'string' ? value : { is: compared[1] as '>' | '>=' | '<' | '<=', value }
  }
  const dots = text.indexOf('..')
  if (dots < 0) {
    const value = readNumber(text, unit)
    return typeof value === 'string' ? value : { is: '=', value }
  }
  const [first, last] = [text.slice(0, dots), text.slice(dots + 2)]
  if (first === '' && last === '') return `A range needs a number on one side at least. ${unit.sentence}`
  const from = first === '' ? null : readNumber(first, unit)
  const to = last === '' ? null : readNumber(last, unit)
  if (typeof from === 'string') return from
  if (typeof to === 'string') return to
  if (from === null) return { is: '<=', value: to! }
  if (to === null) return { is: '>=', value: from }
  if (from > to) return 'This range ends before it begins: write the smaller number first.'
  return { is: '..', from, to }
}

export function printRange(range: NumberRange, unit: NumberUnit): string {
  if (range.is === '..') return `${printNumber(range.from, unit)}..${printNumber(range.to, unit)}`
  return `${range.is === '=' ? '' : range.is}${printNumber(range.value, unit)}`
}

function readNumber(text: string, unit: NumberUnit): number | string {
  const found = decimal.exec(text.startsWith(unit.prefix) ? text.slice(unit.prefix.length) : text)
  const [, whole = '', fraction = '', suffix = ''] = found ?? []
  const factor = unit.suffixes.find((each) => each.suffix === suffix.toLowerCase())?.factor
  if (factor === undefined || whole + fraction === '') return unit.sentence
  const scaled = BigInt(whole + fraction) * BigInt(factor)
  const divisor = 10n ** BigInt(fraction.length)
  if (scaled % divisor !== 0n) return `This is finer than can be compared. ${unit.sentence}`
  const value = Number(scaled / divisor)
  return Number.isSafeInteger(value) ? value : 'This number is larger than any request can have.'
}

/** In the first unit of those to print with that makes it a whole number, else in the last. */
function printNumber(value: number, unit: NumberUnit): string {
  const { suffix, decimals } =
    unit.printedIn.find((each) => value % 10 ** each.decimals === 0) ?? unit.printedIn.at(-1)!
  const digits = String(value).padStart(decimals + 1, '0')
  const split = digits.length - decimals
  const fraction = digits.slice(split).replace(/0+$/, '')
  return `${digits.slice(0, split)}${fraction === '' ? '' : `.${fraction}`}${suffix}`
}
