import type { SeedRandom } from './seed-random'

/**
 * Phrases by name. A phrase names others in braces: `{city}` is drawn anew each time, `{=city}` once for the whole
 * conversation, `{^city}` and `{=^city}` begin with a capital letter, `{3-40}` is a number. Braces with spaces in
 * them, and `${…}`, are plain text, so that code can stand in a phrase.
 */
export type Phrasebook = Readonly<Record<string, readonly string[]>>

type Part =
  | { kind: 'text'; text: string }
  | { kind: 'phrase'; name: string; isBound: boolean; isCapital: boolean }
  | { kind: 'number'; low: number; high: number }

export type Grammar = ReadonlyMap<string, readonly (readonly Part[])[]>

/** Reads a phrasebook once. Throws when a phrase names one that is not there. */
export function grammar(book: Phrasebook): Grammar {
  const read = new Map(Object.entries(book).map(([name, phrases]) => [name, phrases.map(parse)]))
  for (const [name, phrases] of read) {
    for (const part of phrases.flat()) {
      if (part.kind === 'phrase' && !read.has(part.name)) throw new Error(`"${name}" names the unknown "${part.name}".`)
    }
  }
  return read
}

function parse(phrase: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of phrase.matchAll(/(?<!\$)\{(=?)(\^?)(?:([a-z]\w*)|(\d+)-(\d+))\}/gi)) {
    if (match.index > end) parts.push({ kind: 'text', text: phrase.slice(end, match.index) })
    const [, bound, capital, name, low, high] = match
    if (name) parts.push({ kind: 'phrase', name, isBound: bound === '=', isCapital: capital === '^' })
    else parts.push({ kind: 'number', low: Number(low), high: Number(high) })
    end = match.index + match[0].length
  }
  if (/\{[=^]/.test(phrase.replace(/\{=?\^?\w+\}/g, '')))
    throw new Error(`"${phrase}" has a brace that cannot be read.`)
  if (end < phrase.length) parts.push({ kind: 'text', text: phrase.slice(end) })
  return parts
}

/** Speaks a grammar about one subject: what is bound stays the same from the first sentence to the last. */
export class Speaker {
  readonly #bound = new Map<string, string>()
  readonly #lastIndex = new Map<string, number>()
  readonly #used = new Map<string, Set<number>>()

  constructor(
    readonly random: SeedRandom,
    readonly grammar: Grammar,
  ) {}

  /** One phrase of that name, spelt out. The same phrase does not come twice in a row where there is another. */
  say(name: string): string {
    const phrases = this.grammar.get(name)
    if (!phrases || phrases.length === 0) throw new Error(`There is no phrase "${name}".`)
    let index = this.random.integer(0, phrases.length - 1)
    if (index === this.#lastIndex.get(name)) index = (index + 1) % phrases.length
    this.#lastIndex.set(name, index)
    return this.#assemble(phrases[index]!)
  }

  /** The phrase of that name that holds for the whole conversation. */
  bound(name: string): string {
    let text = this.#bound.get(name)
    if (text === undefined) {
      text = this.say(name)
      this.#bound.set(name, text)
    }
    return text
  }

  /**
   * Phrases that belong together, the nth of each name: a question and its answer. Each n comes once in a conversation
   * before any comes again.
   */
  sayTogether(...names: [string, ...string[]]): string[] {
    const index = this.#unusedIndex(names[0])
    return names.map((name) => this.#assemble(this.grammar.get(name)![index]!))
  }

  /** Binds phrases that belong together; what was bound before is forgotten. */
  bindTogether(...names: [string, ...string[]]): void {
    for (const [index, phrase] of this.sayTogether(...names).entries()) this.#bound.set(names[index]!, phrase)
  }

  #unusedIndex(name: string): number {
    const length = this.grammar.get(name)?.length ?? 0
    const used = this.#used.get(name) ?? new Set<number>()
    if (used.size === length) used.clear()
    const free = Array.from({ length }, (_, index) => index).filter((index) => !used.has(index))
    const index = this.random.pick(free)
    this.#used.set(name, used.add(index))
    return index
  }

  #assemble(parts: readonly Part[]): string {
    let text = ''
    for (const part of parts) {
      if (part.kind === 'text') text += part.text
      else if (part.kind === 'number') text += this.random.integer(part.low, part.high)
      else text += this.#spell(part)
    }
    return text
  }

  #spell({ name, isBound, isCapital }: { name: string; isBound: boolean; isCapital: boolean }): string {
    const text = isBound ? this.bound(name) : this.say(name)
    return isCapital ? text.charAt(0).toUpperCase() + text.slice(1) : text
  }
}
