export interface Measured {
  name: string
  medianMs: number
  fastestMs: number
}

/** A table of PostgreSQL and the replica of it: `rows` over `days` until `endMs`. */
export interface Replicated {
  databaseUrl: string
  directory: string
  sourceKey: string
  rows: number
  days: number
  endMs: number
}

/** Runs all pieces of work in turn, round after round, so that whatever else the machine does falls on each alike. */
export async function measureInTurn(
  works: { name: string; run(): Promise<unknown>; rounds?: number }[],
  rounds: number,
): Promise<Map<string, Measured>> {
  const times = new Map(works.map(({ name }) => [name, [] as number[]]))
  for (const { run } of works) await run()
  for (let round = 0; round < rounds; round++) {
    for (const work of works) {
      if (round >= (work.rounds ?? rounds)) continue
      const startedMs = performance.now()
      await work.run()
      times.get(work.name)!.push(performance.now() - startedMs)
    }
  }
  return new Map([...times].map(([name, values]) => [name, summary(name, values)]))
}

function summary(name: string, values: number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b)
  return { name, medianMs: sorted[Math.floor(sorted.length / 2)]!, fastestMs: sorted[0]! }
}

export function formatMs(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`
}

export function formatRatio(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)
}

export function table(header: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}
