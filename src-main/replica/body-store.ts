/*
 * Bodies that were read once, a compressed file a request, readable by the user alone and encrypted where the user
 * wants it. Their text is the most private thing the app keeps: it goes nowhere else. A file that does not read back
 * whole counts as not kept.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { KeptBodies, Log, StoredBodies } from '../core/ports'
import { isSealed, KeyIsAway, packBodies, resealBodies, unpackBodies, type BodyKey } from './pack-bodies'

export interface BodyStore {
  /** Of all that is kept, in lower case. */
  ids(): Promise<string[]>
  /** Those of some ids whose bodies are kept. */
  keptOf(ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Counts as an opening, unless it is only looked into. */
  read(id: string, how?: { isPeek: boolean }): Promise<KeptBodies | null>
  /** Keeps both texts, unless the key is away; the bodies that were opened longest ago make room. */
  write(id: string, bodies: StoredBodies): Promise<void>
  size(): Promise<{ bodies: number; bytes: number }>
  /** Both hold at once and from now on: what is too much or was not opened for so long goes. */
  setLimits(limits: BodyLimits): Promise<void>
  /** Bodies that are to stay as long as there is room, however long ago they were opened. */
  keepLonger(ids: ReadonlySet<string>): void
  /** Writes every file anew for this key; one that cannot be read goes. Throws where it is its own key that is away. */
  setKey(key: BodyKey): Promise<void>
  clear(): Promise<void>
  /** Resolves once what was asked for is done, well or badly. */
  settle(): Promise<void>
}

export interface BodyLimits {
  maxBytes: number
  maxDays: number
}

const suffix = '.body'
/** Of a file beside the folder, there once every body in it is sealed. */
const sealedSuffix = '.sealed'
const idPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
/** Room is made down to this share, so that not every new body makes room again. */
const lowMark = 0.9
const dayMs = 86_400_000

interface Kept {
  bytes: number
  openedAtMs: number
}

export function createBodyStore(options: {
  directory: string
  limits: BodyLimits
  key: BodyKey
  log: Log
  now?: () => number
  /** Hears of each request whose bodies are not kept any more, whatever made them go. */
  onDrop?: (id: string) => void
}): BodyStore {
  const { directory, log, now = Date.now, onDrop } = options
  let { limits, key } = options
  let lasting: ReadonlySet<string> = new Set()
  let index: Promise<Map<string, Kept>> | null = null
  /** Of all that is kept: added up anew at each write it would cost more the more is kept. */
  let totalBytes = 0
  // The sum of sizes must be right when the next one comes.
  const turns = createTurns()

  const sealedMark = directory + sealedSuffix

  const pathOf = (id: string): string => join(directory, id + suffix)

  /** What is there by its last opening, the longest ago first; the file's own modification time says when. */
  async function readIndex(): Promise<Map<string, Kept>> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const found: [string, Kept][] = []
    const names = await readdir(directory)
    const isToSeal = Buffer.isBuffer(key) && !existsSync(sealedMark)
    if (key === null) await rm(sealedMark, { force: true })
    for (const name of names) {
      if (!name.endsWith(suffix)) {
        // A write that a crash cut off.
        await rm(join(directory, name), { force: true })
        continue
      }
      const id = name.slice(0, -suffix.length)
      if (isToSeal) await sealFile(id)
      const { size, mtimeMs } = await stat(join(directory, name))
      found.push([id, { bytes: size, openedAtMs: mtimeMs }])
    }
    if (isToSeal) await markSealed()
    totalBytes = found.reduce((sum, [, { bytes }]) => sum + bytes, 0)
    return new Map(found.sort(([, a], [, b]) => a.openedAtMs - b.openedAtMs))
  }

  function useIndex(): Promise<Map<string, Kept>> {
    index ??= readIndex().catch((error: unknown) => {
      index = null
      throw error
    })
    return index
  }

  /** Last in the map as well: openings within one millisecond keep their order. */
  function noteOpening(kept: Map<string, Kept>, id: string, opened: Kept): void {
    totalBytes += opened.bytes - (kept.get(id)?.bytes ?? 0)
    kept.delete(id)
    kept.set(id, opened)
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return turns(work).catch((error: unknown) => {
      throw error instanceof Failure ? error : new Failure('replica-failed', { cause: error })
    })
  }

  async function replace(id: string, packed: Buffer): Promise<void> {
    await writeFile(`${pathOf(id)}.part`, packed, { mode: 0o600 })
    await rename(`${pathOf(id)}.part`, pathOf(id))
  }

  /** What was written before texts were to be encrypted, in a workspace that was not open when that was chosen. */
  async function sealFile(id: string): Promise<void> {
    const packed = await readFile(pathOf(id))
    if (isSealed(packed)) return
    const { mtime } = await stat(pathOf(id))
    await replace(id, resealBodies(id, packed, null, key))
    await utimes(pathOf(id), mtime, mtime)
  }

  function markSealed(): Promise<void> {
    return writeFile(sealedMark, '', { mode: 0o600 })
  }

  async function drop(kept: Map<string, Kept>, id: string): Promise<void> {
    await rm(pathOf(id), { force: true })
    totalBytes -= kept.get(id)?.bytes ?? 0
    kept.delete(id)
    onDrop?.(id)
  }

  async function makeRoom(kept: Map<string, Kept>): Promise<void> {
    const oldestMs = now() - limits.maxDays * dayMs
    for (const [id, { openedAtMs }] of kept) {
      if (openedAtMs >= oldestMs) break
      if (!lasting.has(id)) await drop(kept, id)
    }
    if (totalBytes <= limits.maxBytes) return
    const order = [...kept].sort(
      ([one, a], [other, b]) => Number(lasting.has(one)) - Number(lasting.has(other)) || a.openedAtMs - b.openedAtMs,
    )
    for (const [id] of order) {
      if (totalBytes <= limits.maxBytes * lowMark) return
      await drop(kept, id)
    }
  }

  return {
    ids: () => inTurn(async () => [...(await useIndex()).keys()]),
    async settle() {
      await turns(async () => undefined)
    },
    keptOf: (ids) =>
      inTurn(async () => {
        const kept = await useIndex()
        return new Set(ids.filter((id) => kept.has(id)))
      }),
    read: (given, { isPeek } = { isPeek: false }) =>
      inTurn(async () => {
        const id = given.toLowerCase()
        const keptBodies = await useIndex()
        const kept = keptBodies.get(id)
        if (!kept) return null
        try {
          const bodies = await unpackBodies(id, await readFile(pathOf(id)), key)
          if (isPeek) return bodies
          const openedAt = new Date(now())
          await utimes(pathOf(id), openedAt, openedAt)
          noteOpening(keptBodies, id, { ...kept, openedAtMs: openedAt.getTime() })
          return bodies
        } catch (error) {
          if (error instanceof KeyIsAway) return null
          log.warn('A kept body could not be read and was dropped', { id, reason: String(error) })
          await drop(keptBodies, id)
          return null
        }
      }),
    write: (given, bodies) =>
      inTurn(async () => {
        const id = given.toLowerCase()
        if (!idPattern.test(id)) throw new Failure('invalid-input', { message: 'The request id is not valid.' })
        if (key === 'away') return
        const kept = await useIndex()
        const packed = await packBodies(id, { ...bodies, readAt: new Date(now()).toISOString() }, key)
        await replace(id, packed)
        noteOpening(kept, id, { bytes: packed.length, openedAtMs: now() })
        await makeRoom(kept)
      }),
    size: () =>
      inTurn(async () => {
        const kept = await useIndex()
        return { bodies: kept.size, bytes: totalBytes }
      }),
    setLimits: (next) =>
      inTurn(async () => {
        limits = next
        await makeRoom(await useIndex())
      }),
    keepLonger(ids) {
      lasting = ids
    },
    setKey: (next) =>
      inTurn(async () => {
        const kept = await useIndex()
        await rm(sealedMark, { force: true })
        for (const [id, body] of kept) {
          try {
            const packed = resealBodies(id, await readFile(pathOf(id)), key, next)
            await replace(id, packed)
            const openedAt = new Date(body.openedAtMs)
            await utimes(pathOf(id), openedAt, openedAt)
            totalBytes += packed.length - body.bytes
            kept.set(id, { ...body, bytes: packed.length })
          } catch (error) {
            if (error instanceof KeyIsAway) throw new Failure('keychain-unavailable', { cause: error })
            log.warn('A kept body could not be written for another key and was dropped', { id, reason: String(error) })
            await drop(kept, id)
          }
        }
        key = next
        if (key !== null) await markSealed()
      }),
    clear: () =>
      inTurn(async () => {
        const kept = await useIndex()
        for (const id of kept.keys()) await drop(kept, id)
      }),
  }
}
