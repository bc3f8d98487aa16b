/*
 * 53-bit hashes, held in a number: small enough to keep one for every message of every request. Threads compare them
 * only between lists of one length and one domain, so that a chance meeting stays far below one in a million requests.
 * Two 32-bit lanes with the multipliers and the last mixing of MurmurHash3 (Austin Appleby, public domain).
 */

export interface Hash {
  add(text: string): Hash
  /** Adds what is no white space of a text, and tells how many characters that was. */
  addSolid(text: string): number
  addNumber(value: number): Hash
  /** An integer from 1 to 2^53 - 1; 0 is left free for "none". */
  value(): number
}

export function createHash(): Hash {
  let high = 0x9747b28c
  let low = 0x3c6ef372

  function mix(unit: number): void {
    high = Math.imul(high ^ unit, 0xcc9e2d51)
    high = (high << 15) | (high >>> 17)
    low = Math.imul(low ^ unit, 0x1b873593)
    low = (low << 13) | (low >>> 19)
  }

  const hash: Hash = {
    add(text) {
      for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i))
      // The length keeps "ab", "c" apart from "a", "bc".
      mix(text.length ^ 0x10000)
      return hash
    },
    addSolid(text) {
      let count = 0
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        if (unit <= 0x20 || unit === 0xa0) continue
        mix(unit)
        count++
      }
      return count
    },
    addNumber(value) {
      mix(value >>> 0)
      mix(Math.floor(value / 0x100000000))
      return hash
    },
    value() {
      const finished = finish(high ^ low) & 0x1fffff
      return finished * 0x100000000 + (finish(low + Math.imul(high, 5)) >>> 0) || 1
    },
  }
  return hash
}

function finish(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** A JSON value by content: the order of keys does not count, nor do cache markers, which move between turns. */
export function addJson(hash: Hash, json: unknown): void {
  const open: unknown[] = [json]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) {
      hash.add(`${typeof value}${String(value)}`)
    } else if (Array.isArray(value)) {
      hash.add('[').addNumber(value.length)
      for (const item of value) open.push(item)
    } else {
      const keys = Object.keys(value)
        .filter((key) => key !== 'cache_control')
        .sort()
      hash.add('{').addNumber(keys.length)
      for (const key of keys) {
        hash.add(key)
        open.push((value as Record<string, unknown>)[key])
      }
    }
  }
}
