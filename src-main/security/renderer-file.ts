/**
 * What a path below our origin asks for: a file of the built renderer (relative to its folder, with `/`), the page
 * itself for every client route, or nothing that exists.
 */
export type RendererTarget = { kind: 'file'; file: string } | { kind: 'page' } | { kind: 'nothing' }

const base = '/dashboard'

/**
 * Resolves the path of a URL to what the built renderer has for it. Pure: knows names, not the disk. A name that climbs,
 * hides a separator or a NUL, or is absolute is nothing; the caller still checks with `realpath` that no link leads out.
 */
export function resolveRendererTarget(pathname: string): RendererTarget {
  const decoded = decodePath(pathname)
  if (decoded === null || !(decoded === base || decoded.startsWith(`${base}/`))) return { kind: 'nothing' }
  const segments = decoded.slice(base.length).split('/').slice(1)
  const isPlain = segments.every((segment) => segment !== '.' && segment !== '..' && !segment.includes(':'))
  if (!isPlain) return { kind: 'nothing' }
  const last = segments.at(-1) ?? ''
  // Client routes have no extension, files have one, and neither begins with a dot.
  if (!last.includes('.')) return { kind: 'page' }
  const isFileName = segments.every((segment) => segment !== '' && !segment.startsWith('.'))
  return isFileName ? { kind: 'file', file: segments.join('/') } : { kind: 'nothing' }
}

/**
 * The same for a whole request to the desktop's own protocol: the host must be ours and the method GET (or HEAD).
 * `app://ui/dashboard/assets/a.js` is the file `assets/a.js`.
 */
export function resolveAppRequest(method: string, url: string): RendererTarget {
  if (method !== 'GET' && method !== 'HEAD') return { kind: 'nothing' }
  if (!URL.canParse(url)) return { kind: 'nothing' }
  const { protocol, host, username, password, pathname } = new URL(url)
  const isOurs = protocol === 'app:' && host === 'ui' && username === '' && password === ''
  return isOurs ? resolveRendererTarget(pathname) : { kind: 'nothing' }
}

// Decoded once, as the disk would see it. What is still encoded after that is a name, never a way up.
function decodePath(pathname: string): string | null {
  if (/%(2f|5c|00)/i.test(pathname)) return null
  try {
    const decoded = decodeURIComponent(pathname)
    return /[\\\0]/.test(decoded) ? null : decoded
  } catch {
    return null
  }
}
