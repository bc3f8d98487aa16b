import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import type { KeptBodies } from '../core/ports'

/*
 * What a file of kept bodies holds: both texts, compressed, and sealed where there is a key. A sealed file begins with
 * a mark that no compressed one begins with; the request's id is sealed in with it, so that no file passes for another.
 */

const compress = promisify(deflate)
const decompress = promisify(inflate)

const cipher = 'aes-256-gcm'
const mark = Buffer.from('NXB1')
const ivBytes = 12
const tagBytes = 16

/**
 * 32 bytes; null for files that anybody can read who can read the file; `away` while files are to be sealed and their key
 * cannot be had: sealed ones cannot be read until it is back, and none can be written.
 */
export type BodyKey = Buffer | 'away' | null

export class KeyIsAway extends Error {}

export async function packBodies(id: string, bodies: KeptBodies, key: BodyKey): Promise<Buffer> {
  return seal(id, await compress(joinTexts(bodies)), key)
}

/** Throws for a file that is damaged, of another request or sealed with another key. */
export async function unpackBodies(id: string, packed: Buffer, key: BodyKey): Promise<KeptBodies> {
  return splitTexts(await decompress(unseal(id, packed, key)))
}

/** The same file for another key. */
export function resealBodies(id: string, packed: Buffer, former: BodyKey, next: BodyKey): Buffer {
  return seal(id, unseal(id, packed, former), next)
}

function seal(id: string, content: Buffer, key: BodyKey): Buffer {
  if (key === null) return content
  if (key === 'away') throw new KeyIsAway()
  const iv = randomBytes(ivBytes)
  const sealing = createCipheriv(cipher, key, iv).setAAD(Buffer.from(id))
  const sealed = Buffer.concat([sealing.update(content), sealing.final()])
  return Buffer.concat([mark, iv, sealing.getAuthTag(), sealed])
}

export function isSealed(packed: Buffer): boolean {
  return packed.subarray(0, mark.length).equals(mark)
}

function unseal(id: string, packed: Buffer, key: BodyKey): Buffer {
  if (!isSealed(packed)) return packed
  if (key === 'away') throw new KeyIsAway()
  if (key === null) throw new Error('the file is encrypted and there is no key')
  const iv = packed.subarray(mark.length, mark.length + ivBytes)
  const contentStart = mark.length + ivBytes + tagBytes
  const opening = createDecipheriv(cipher, key, iv).setAAD(Buffer.from(id))
  opening.setAuthTag(packed.subarray(mark.length + ivBytes, contentStart))
  return Buffer.concat([opening.update(packed.subarray(contentStart)), opening.final()])
}

type KeptHeader = Pick<KeptBodies, 'readAt' | 'place'> & { bytes: [unknown, unknown] }

/** A line of JSON with the lengths, then both texts as they are: no text is turned into JSON and back. */
function joinTexts({ request, response, readAt, place }: KeptBodies): Buffer {
  const texts = [request, response].map((text) => (text === null ? null : Buffer.from(text)))
  const header = JSON.stringify({ readAt, place, bytes: texts.map((text) => text?.length ?? null) })
  return Buffer.concat([Buffer.from(`${header}\n`), ...texts.filter((text) => text !== null)])
}

function splitTexts(joined: Buffer): KeptBodies {
  const headerEnd = joined.indexOf('\n')
  const header = JSON.parse(joined.toString('utf8', 0, headerEnd)) as KeptHeader
  let offset = headerEnd + 1
  const [request, response] = header.bytes.map((bytes) => {
    if (typeof bytes !== 'number') return null
    offset += bytes
    return joined.toString('utf8', offset - bytes, offset)
  })
  if (offset !== joined.length || typeof header.readAt !== 'string') throw new Error('the lengths do not agree')
  const { readAt, place } = header
  return { request: request ?? null, response: response ?? null, readAt, ...(place && { place }) }
}
