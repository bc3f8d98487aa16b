import type { CodedText } from '../core/ports'
import type { Statements } from './session'

/** Texts that many rows share, by number: 0 stands for null. Codes are never given twice. */
export interface Words {
  /** Every code is below it. */
  count(): number
  /** Null for code 0. */
  text(code: number): string | null
  /** Null where no row can have this text. */
  find(text: string): number | null
  /** Codes of the texts that pass. */
  matching(passes: (text: string) => boolean): number[]
  /** Code of a text that was learnt. */
  code(text: string | null): number
  /** Gives codes to texts that have none yet and writes them. Not within a transaction that may be rolled back. */
  learn(statements: Statements, texts: Iterable<string | null>): Promise<void>
  /** For each code of the batch's own list, the code here; all of its texts must have been learnt. */
  translate(coded: CodedText): Uint32Array
}

/** Reads the words of an open replica. */
export async function readWords(statements: Statements): Promise<Words> {
  const texts: (string | null)[] = [null]
  const codes = new Map<string, number>()
  for (const { code, value } of await statements.rows<{ code: number; value: string }>(
    'SELECT code, value FROM word ORDER BY code',
  )) {
    texts[code] = value
    codes.set(value, code)
  }

  function code(text: string | null): number {
    if (text === null) return 0
    const known = codes.get(text)
    if (known === undefined) throw new Error('A text was used before it was learnt')
    return known
  }

  return {
    count: () => texts.length,
    text: (code) => texts[code] ?? null,
    find: (text) => codes.get(text) ?? null,
    matching: (passes) => [...codes].flatMap(([text, code]) => (passes(text) ? [code] : [])),
    code,
    async learn(statements, wanted) {
      const fresh = [...new Set(wanted)].filter((text): text is string => text !== null && !codes.has(text))
      for (let start = 0; start < fresh.length; start += 500) {
        const added = fresh.slice(start, start + 500).map((text, index) => ({ text, code: texts.length + index }))
        // Written before it is used: a code without a row does no harm, a row without its text would.
        const places = added.map((_, index) => `($${2 * index + 1}, $${2 * index + 2})`)
        await statements.rows(
          `INSERT INTO word VALUES ${places.join(', ')}`,
          added.flatMap((word) => [word.code, word.text]),
        )
        for (const word of added) {
          texts[word.code] = word.text
          codes.set(word.text, word.code)
        }
      }
    },
    translate({ values }) {
      return Uint32Array.from([0, ...values.map(code)])
    },
  }
}
