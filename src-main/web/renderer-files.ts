import { createHash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** A file of the built renderer, as it goes over the wire. */
export interface ServedFile {
  body: Buffer
  type: string
  encoding: 'br' | 'gzip' | null
  etag: string
}

export interface RendererFiles {
  /** Null when there is no such file inside the folder. `acceptEncoding` is the header of that name. */
  read(file: string, acceptEncoding: string): Promise<ServedFile | null>
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}
const compressible = /^(text|application\/json|image\/svg)/
const smallestCompressed = 1024

/** Middle ways: the highest levels save a few per cent more and take seconds at the first visit. */
const compressors = {
  br: (body: Buffer) => brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: (body: Buffer) => deflate(body, { level: 6 }),
}
const brotli = promisify(brotliCompress)
const deflate = promisify(gzip)

/** Reads from the folder of the built renderer, compresses once, and keeps the result until the file changes. */
export function createRendererFiles(directory: string): RendererFiles {
  const kept = new Map<string, { mtimeMs: number; served: Promise<ServedFile> }>()

  return {
    async read(file, acceptEncoding) {
      const found = await find(directory, file)
      if (found === null) return null
      const type = types[extname(file).toLowerCase()] ?? 'application/octet-stream'
      const encoding = compressible.test(type) ? chooseEncoding(acceptEncoding) : null
      const name = `${encoding ?? 'plain'} ${file}`
      const entry = kept.get(name)
      if (entry?.mtimeMs === found.mtimeMs) return entry.served
      const served = load(found.path, type, encoding)
      kept.set(name, { mtimeMs: found.mtimeMs, served })
      // A file that vanished while it was read is asked for again next time.
      served.catch(() => kept.delete(name))
      return served
    },
  }
}

/** A plain file that really lies inside the folder: a link may not lead out of it. */
async function find(directory: string, file: string): Promise<{ path: string; mtimeMs: number } | null> {
  try {
    const [root, path] = await Promise.all([realpath(directory), realpath(join(directory, file))])
    const facts = await stat(path)
    return path.startsWith(root + sep) && facts.isFile() ? { path, mtimeMs: facts.mtimeMs } : null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null
    throw error
  }
}

async function load(path: string, type: string, encoding: ServedFile['encoding']): Promise<ServedFile> {
  const plain = await readFile(path)
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  if (encoding === null || plain.length < smallestCompressed) {
    return { body: plain, type, encoding: null, etag: `"${hash}"` }
  }
  return { body: await compressors[encoding](plain), type, encoding, etag: `"${hash}-${encoding}"` }
}

// RFC 9110, section 12.5.3; a weight of 0 means "not this one".
function chooseEncoding(accept: string): ServedFile['encoding'] {
  const takes = (name: string): boolean =>
    accept.split(',').some((offer) => {
      const [coding = '', weight] = offer.toLowerCase().split(';')
      return coding.trim() === name && !/^\s*q=0(\.0*)?\s*$/.test(weight ?? '')
    })
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : null
}
