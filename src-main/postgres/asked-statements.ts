import type { AskedStatement } from '../contract/source'

/** What the database was asked, by statement. Bounded: our statements differ in times and ids alone. */
export interface AskedStatements {
  /** Begins to measure one asking; call the result once, with the rows that came or with `failed`. */
  begin(purpose: string, statement: string): (outcome: { rows: number } | 'failed') => void
  /** The most expensive first. */
  list(): AskedStatement[]
}

/** A table of another shape makes other statements, so a few of each purpose are possible. */
const mostStatements = 100

export function createAskedStatements(now: () => number = Date.now): AskedStatements {
  const asked = new Map<string, AskedStatement>()

  function entry(purpose: string, statement: string): AskedStatement {
    const text = withoutValues(statement)
    const known = asked.get(text)
    if (known) return known
    const isFull = asked.size >= mostStatements
    const key = isFull ? '' : text
    const made: AskedStatement = asked.get(key) ?? {
      purpose: isFull ? 'Others' : purpose,
      statement: isFull ? 'Statements beyond the first hundred' : text,
      times: 0,
      failed: 0,
      rows: 0,
      totalMs: 0,
      longestMs: 0,
      lastAt: '',
    }
    asked.set(key, made)
    return made
  }

  return {
    begin(purpose, statement) {
      const startedMs = performance.now()
      return (outcome) => {
        const elapsedMs = performance.now() - startedMs
        const found = entry(purpose, statement)
        found.times++
        found.totalMs += elapsedMs
        found.longestMs = Math.max(found.longestMs, elapsedMs)
        found.lastAt = new Date(now()).toISOString()
        if (outcome === 'failed') found.failed++
        else found.rows += outcome.rows
      }
    },
    list: () =>
      [...asked.values()].map((statement) => ({ ...statement })).sort((one, other) => other.totalMs - one.totalMs),
  }
}

/** The statement without the times and ids of one asking, on one line. */
function withoutValues(statement: string): string {
  return statement
    .replace(/ARRAY\[(?:'[\da-f-]{36}',?)*\]/gi, 'ARRAY[…]')
    .replace(/'[^']*'::(timestamptz|timestamp)\b/g, "'…'::$1")
    .replace(/\s+/g, ' ')
    .trim()
}
