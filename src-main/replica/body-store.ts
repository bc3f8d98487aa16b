/*
 * Bodies that were read once, a compressed file a request, readable by the user alone. Their text is the most private
 * thing the app keeps: it goes nowhere else. A file that does not read back whole counts as not kept.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { Failure } from '../core/failure'
import type { KeptBodies, Log, StoredBodies } from '../core/ports'

export interface BodyStore {
  ids(): Promise<string[]>
  /** Those of some ids whose bodies are kept. */
  keptOf(ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Counts as an opening, unless it is only looked into. */
  read(id: string, how?: { isPeek: boolean }): Promise<KeptBodies | null>
  /** Keeps both texts; the bodies that were opened longest ago make room. */
  write(id: string, bodies: StoredBodies): Promise<void>
}

const compress = promisify(deflate)
const decompress = promisify(inflate)

const suffix = '.body'
const idPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
/** Room is made down to this share, so that not every new body makes room again. */
const lowMark = 0.9

interface Kept {
  bytes: number
  openedAtMs: number
}

export function createBodyStore(options: { directory: string; maxBytes: number; log: Log }): BodyStore {
  const { directory, maxBytes, log } = options
  let index: Promise<Map<string, Kept>> | null = null
  let last: Promise<unknown> = Promise.resolve()

  /** What is there, with the time of the last opening in the file's own modification time. */
  async function readIndex(): Promise<Map<string, Kept>> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const kept = new Map<string, Kept>()
    for (const name of await readdir(directory)) {
      if (!name.endsWith(suffix)) {
        // A write that a crash cut off.
        await rm(join(directory, name), { force: true })
        continue
      }
      const { size, mtimeMs } = await stat(join(directory, name))
      kept.set(name.slice(0, -suffix.length), { bytes: size, openedAtMs: mtimeMs })
    }
    return kept
  }

  function useIndex(): Promise<Map<string, Kept>> {
    index ??= readIndex().catch((error: unknown) => {
      index = null
      throw error
    })
    return index
  }

  /** Last in the map as well: openings within one millisecond keep their order. */
  function noteOpening(kept: Map<string, Kept>, name: string, opened: Kept): void {
    kept.delete(name)
    kept.set(name, opened)
  }

  /** One at a time: the sum of sizes must be right when the next one comes. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const outcome = last.then(work).catch((error: unknown) => {
      throw error instanceof Failure ? error : new Failure('replica-failed', { cause: error })
    })
    last = outcome.catch(() => undefined)
    return outcome
  }

  async function makeRoom(kept: Map<string, Kept>): Promise<void> {
    let bytes = 0
    for (const body of kept.values()) bytes += body.bytes
    if (bytes <= maxBytes) return
    for (const [id, body] of [...kept].sort(([, a], [, b]) => a.openedAtMs - b.openedAtMs)) {
      if (bytes <= maxBytes * lowMark) return
      await rm(join(directory, id + suffix), { force: true })
      kept.delete(id)
      bytes -= body.bytes
    }
  }

  return {
    ids: () => inTurn(async () => [...(await useIndex()).keys()]),
    keptOf: (ids) =>
      inTurn(async () => {
        const kept = await useIndex()
        return new Set(ids.filter((id) => kept.has(id)))
      }),
    read: (id, { isPeek } = { isPeek: false }) =>
      inTurn(async () => {
        const keptBodies = await useIndex()
        const kept = keptBodies.get(id.toLowerCase())
        if (!kept) return null
        const path = join(directory, id.toLowerCase() + suffix)
        try {
          const bodies = unpack(await decompress(await readFile(path)))
          if (isPeek) return bodies
          const now = new Date()
          await utimes(path, now, now)
          noteOpening(keptBodies, id.toLowerCase(), { ...kept, openedAtMs: now.getTime() })
          return bodies
        } catch (error) {
          log.warn('A kept body could not be read and was dropped', { id, reason: String(error) })
          await rm(path, { force: true })
          keptBodies.delete(id.toLowerCase())
          return null
        }
      }),
    write: (id, bodies) =>
      inTurn(async () => {
        const name = id.toLowerCase()
        if (!idPattern.test(name)) throw new Failure('invalid-input', { message: 'The request id is not valid.' })
        const kept = await useIndex()
        const packed = await compress(pack({ ...bodies, readAt: new Date().toISOString() }))
        const path = join(directory, name + suffix)
        await writeFile(`${path}.part`, packed, { mode: 0o600 })
        await rename(`${path}.part`, path)
        noteOpening(kept, name, { bytes: packed.length, openedAtMs: Date.now() })
        await makeRoom(kept)
      }),
  }
}

/** A line of JSON with the lengths, then both texts as they are: no text is turned into JSON and back. */
function pack({ request, response, readAt }: KeptBodies): Buffer {
  const texts = [request, response].map((text) => (text === null ? null : Buffer.from(text)))
  const header = JSON.stringify({ readAt, bytes: texts.map((text) => text?.length ?? null) })
  return Buffer.concat([Buffer.from(`${header}\n`), ...texts.filter((text) => text !== null)])
}

function unpack(packed: Buffer): KeptBodies {
  const headerEnd = packed.indexOf('\n')
  const header = JSON.parse(packed.toString('utf8', 0, headerEnd)) as { readAt: string; bytes: [unknown, unknown] }
  let offset = headerEnd + 1
  const [request, response] = header.bytes.map((bytes) => {
    if (typeof bytes !== 'number') return null
    offset += bytes
    return packed.toString('utf8', offset - bytes, offset)
  })
  if (offset !== packed.length || typeof header.readAt !== 'string') throw new Error('the lengths do not agree')
  return { request: request ?? null, response: response ?? null, readAt: header.readAt }
}
