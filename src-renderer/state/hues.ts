import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { assignHues, hueCount, type HueBook } from '../charts/hue-book'
import { read, write } from './remembered'

const kinds = ['model', 'domain', 'type', 'stop', 'tool'] as const
export type HueKind = (typeof kinds)[number]

const key = (kind: HueKind) => `nexus.hues.${kind}`

/** The same model, domain, type, stop reason and tool in the same hue on every screen, also after a restart. */
export const useHues = defineStore('hues', () => {
  const books = reactive(Object.fromEntries(kinds.map((kind) => [kind, parseBook(kind)])) as Record<HueKind, HueBook>)

  /** Gives hues to the names on screen, most important first. Null and '' are a name like any other. */
  function claim(kind: HueKind, names: (string | null)[]): void {
    const wanted = names.map((name) => name ?? '')
    const missing = wanted.slice(0, hueCount).some((name) => !books[kind][name])
    if (!missing) return
    books[kind] = assignHues(books[kind], wanted, Date.now())
    write(key(kind), JSON.stringify(books[kind]))
  }

  /** The token of a name's colour, as `--hue-3`. */
  function token(kind: HueKind, name: string | null): string {
    const entry = books[kind][name ?? '']
    return entry ? `--hue-${entry.hue}` : '--hue-others'
  }

  /** The same as a CSS value. */
  const colour = (kind: HueKind, name: string | null) => `var(${token(kind, name)})`

  return { claim, token, colour }
})

/** What was stored, or an empty book where it is not understood. */
function parseBook(kind: HueKind): HueBook {
  const book: HueBook = {}
  try {
    const stored: unknown = JSON.parse(read(key(kind)) ?? '{}')
    for (const [name, entry] of Object.entries(stored as Record<string, { hue?: unknown; seenAtMs?: unknown }>)) {
      const { hue, seenAtMs } = entry
      if (Number.isInteger(hue) && Number(hue) >= 0 && Number(hue) < hueCount && typeof seenAtMs === 'number') {
        book[name] = { hue: Number(hue), seenAtMs }
      }
    }
  } catch {
    return {}
  }
  return book
}
