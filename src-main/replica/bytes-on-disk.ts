import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The size of all files below a folder, in bytes. What is removed meanwhile counts for nothing. */
export async function bytesOnDisk(directory: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    try {
      bytes += (await stat(join(entry.parentPath, entry.name))).size
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return bytes
}
