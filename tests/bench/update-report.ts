import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Replaces the part of docs/performance.md that begins with this heading, and keeps the others. */
export async function updateReport(heading: string, report: string): Promise<void> {
  const path = join(process.cwd(), 'docs', 'performance.md')
  const parts = (await readFile(path, 'utf8')).split(/^(?=## )/m).filter((part) => !part.startsWith(`${heading}\n`))
  await writeFile(path, `${[...parts, report].map((part) => part.trim()).join('\n\n')}\n`)
}
