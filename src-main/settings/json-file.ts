import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { createTurns } from '../core/in-turn'
import type { Log } from '../core/ports'

export interface JsonFile<T> {
  /** The value as last read or written. */
  value(): T
  /** Replaces the value on disk, whole or not at all. Writes are done one after the other. */
  write(next: T): Promise<void>
  /**
   * Writes what `make` makes of the value, once every write that was asked for before is done: of changes at the same
   * time none is lost. The same value is not written again. Gives the value as it stands then.
   */
  change(make: (value: T) => T): Promise<T>
}

/**
 * A small file of the user's own data, readable by the user alone. What is in it is not trusted: a file that cannot be
 * parsed is set aside under a new name, so that nothing is lost, and `fallback` is used.
 */
export async function openJsonFile<T>(options: {
  path: string
  schema: z.ZodType<T>
  fallback: T
  log: Log
}): Promise<JsonFile<T>> {
  const { path, schema, log } = options
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  let value: T = await read()
  const inTurn = createTurns()

  async function read(): Promise<T> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (text === null) return options.fallback
    const parsed = schema.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    const aside = `${path}.damaged-${Date.now()}`
    await rename(path, aside)
    log.warn('A file of settings could not be read and was set aside', { path, aside })
    return options.fallback
  }

  async function replace(checked: T): Promise<void> {
    await writeWhole(path, `${JSON.stringify(checked, null, 2)}\n`)
    value = checked
  }

  return {
    value: () => value,
    write(next) {
      const checked = schema.parse(next)
      return inTurn(() => replace(checked))
    },
    change: (make) =>
      inTurn(async () => {
        const next = make(value)
        if (next !== value) await replace(schema.parse(next))
        return value
      }),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
    await file.close()
    await rename(temporary, path)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(temporary, { force: true })
    throw error
  }
}
