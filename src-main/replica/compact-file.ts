import { rename, rm } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { createSession, type Statements } from './session'

/** Less than this is not worth writing the file anew, and neither is a smaller share of it. */
const fewestFreeBytes = 16_000_000
const freeShare = 1 / 3

const suffix = '.compact'

/** Whether pruning left so much of the file unused that it is worth writing anew. Right after a checkpoint. */
export async function isLoose(statements: Statements): Promise<boolean> {
  const [size] = await statements.rows<{ total: number; free: number }>(`
    SELECT (total_blocks * block_size)::DOUBLE AS total, (free_blocks * block_size)::DOUBLE AS free
    FROM pragma_database_size() WHERE database_name = current_database()`)
  return size !== undefined && size.free >= fewestFreeBytes && size.free >= size.total * freeShare
}

/**
 * Gives the disk back: DuckDB uses free blocks again and never shortens its file, so it is copied, and the copy takes
 * its place. For a file that nobody has open. What fails leaves the file as it was.
 */
export async function compactFile(path: string, settings: Record<string, string>): Promise<void> {
  const instance = await DuckDBInstance.create(path, settings)
  try {
    const session = createSession(await instance.connect())
    await session.use(async (statements) => {
      const [own] = await statements.rows<{ name: string }>('SELECT current_database() AS name')
      await statements.run(`ATTACH '${path.replaceAll("'", "''")}${suffix}' AS compact`)
      await statements.run(`COPY FROM DATABASE "${own!.name}" TO compact`)
      await statements.run('CHECKPOINT compact')
      await statements.run('DETACH compact')
    })
    await session.close()
  } finally {
    instance.closeSync()
  }
  await rename(path + suffix, path)
}

/** What a killed process left of a copy is of no use. */
export async function removeUnfinishedCopy(path: string): Promise<void> {
  for (const name of [path + suffix, `${path}${suffix}.wal`]) await rm(name, { force: true })
}
