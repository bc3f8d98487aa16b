import { statSync } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeWithBodies, type BodyReader } from '../../src-main/app/export-bodies'
import { allColumns } from '../../src-main/core/exports/export-line'
import { createRedactor, fullRedaction } from '../../src-main/core/transcript/redact'
import { temporaryFolder } from '../replica/replica-fixture'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder?.remove())

const bodyLength = 10_000

/** The most that was read and not yet on the disk, in bytes, while so many rows were written. */
async function mostInFlight(rows: number, isRedacted: boolean): Promise<number> {
  const fromPath = join(folder.path, `${rows}.rows`)
  const toPath = join(folder.path, `${rows}.jsonl`)
  await writeFile(fromPath, Array.from({ length: rows }, (_, index) => `{"id":"${index}"}\n`).join(''))
  const request = JSON.stringify({ text: 'word '.repeat(bodyLength / 5) })
  let readBytes = 0
  let most = 0
  const reader: BodyReader = {
    missing: () => 0,
    bodiesOf: async () => {
      const written = statSync(toPath, { throwIfNoEntry: false })?.size ?? 0
      most = Math.max(most, readBytes - written)
      readBytes += request.length
      return { request, response: null }
    },
  }
  await writeWithBodies({
    format: 'jsonl',
    columns: allColumns,
    reader,
    redactor: isRedacted ? createRedactor(fullRedaction([]), () => 0) : null,
    fromPath,
    toPath,
    onRows: () => undefined,
    signal: undefined,
  })
  expect((await stat(toPath)).size).toBeGreaterThan(readBytes)
  return most
}

test.each([false, true])('ten times the rows are not more at once (redacted: %s)', async (isRedacted) => {
  for (const rows of [300, 3000]) expect(await mostInFlight(rows, isRedacted)).toBeLessThan(60 * bodyLength)
})
