import type { CodedText } from '../core/ports'

export interface TextDictionary {
  /** The list that codes point into; it only grows. */
  values: string[]
  /** Code of the UTF-8 text in `bytes` from `start` to `end`; equal texts have equal codes, different ones never. */
  code(bytes: Buffer, start: number, end: number): number
}

/**
 * Codes texts by their bytes, so that a column of few values costs no string per row. The hash only finds the place:
 * equality is decided by the bytes themselves.
 */
export function createTextDictionary(): TextDictionary {
  const values: CodedText['values'] = []
  const known: Buffer[] = []
  let slots = new Int32Array(64)
  let lastCode = 0

  function isSame(code: number, bytes: Buffer, start: number, end: number): boolean {
    const text = known[code - 1]!
    if (text.length !== end - start) return false
    for (let i = 0; i < text.length; i++) if (text[i] !== bytes[start + i]) return false
    return true
  }

  function grow(): void {
    slots = new Int32Array(slots.length * 2)
    for (const [index, text] of known.entries()) {
      let slot = hash(text, 0, text.length) & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = index + 1
    }
  }

  return {
    values,
    code(bytes, start, end) {
      if (lastCode !== 0 && isSame(lastCode, bytes, start, end)) return lastCode
      let slot = hash(bytes, start, end) & (slots.length - 1)
      for (let code; (code = slots[slot]!) !== 0; slot = (slot + 1) & (slots.length - 1)) {
        if (isSame(code, bytes, start, end)) return (lastCode = code)
      }
      const text = Buffer.from(bytes.subarray(start, end))
      known.push(text)
      values.push(text.toString('utf8'))
      slots[slot] = values.length
      if (values.length * 2 > slots.length) grow()
      return (lastCode = values.length)
    },
  }
}

/** As FNV-1a, four bytes at a time; the end is stirred in, as the lowest bits choose the place. */
function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    value = Math.imul(value ^ word, 0x01000193)
    value ^= value >>> 15
  }
  for (; at < end; at++) value = Math.imul(value ^ bytes[at]!, 0x01000193)
  return (value ^ (value >>> 16)) >>> 0
}
