/** Numbers that look random and are the same for the same seed, on every machine. */
export class SeedRandom {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** The parts together are the seed: `new SeedRandom('sample', 'acme.example', -42)`. */
  constructor(...parts: (string | number)[]) {
    let hash = 0x811c9dc5
    const step = (salt: number) => {
      for (const character of `${parts.join('\u0001')}${salt}`) {
        hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
      }
      return hash >>> 0
    }
    this.#a = step(1)
    this.#b = step(2)
    this.#c = step(3)
    for (let warmUp = 0; warmUp < 12; warmUp++) this.#uint32()
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    return this.#uint32() / 4294967296
  }

  /** A whole number, both ends included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.next() * list.length)]
    if (picked === undefined) throw new RangeError('Nothing to pick from.')
    return picked
  }

  /** One of the values, as often as its weight says. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let rest = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [value, weight] of choices) {
      rest -= weight
      if (rest < 0) return value
    }
    return choices.at(-1)![0]
  }

  /** Log-normal around a median: many small, a few large. */
  around(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
    return median * Math.exp(sigma * normal)
  }

  /** How many events fall into a time in which `expected` are expected (Knuth's Poisson draw). */
  count(expected: number): number {
    const limit = Math.exp(-expected)
    let product = this.next()
    let events = 0
    for (; product > limit; events++) product *= this.next()
    return events
  }

  hex(length: number): string {
    let text = ''
    while (text.length < length) text += this.#uint32().toString(16).padStart(8, '0')
    return text.slice(0, length)
  }

  base64(length: number): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    let text = ''
    while (text.length < length) {
      for (let bits = this.#uint32(), used = 0; used < 5; used++, bits >>>= 6) text += alphabet[bits & 63]
    }
    return text.slice(0, length)
  }

  /** A UUID of version 4. */
  uuid(): string {
    const text = this.hex(32)
    const variant = '89ab'[this.integer(0, 3)]
    return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`
  }

  /** An id of the API's kind, as `msg_01…` or `toolu_01…`. */
  apiId(prefix: string): string {
    return `${prefix}_01${this.base64(22).replace(/[+/]/g, 'x')}`
  }

  /** sfc32 (Chris Doty-Humphrey, PractRand), with three words of seed. */
  #uint32(): number {
    const result = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result
    return result >>> 0
  }
}
