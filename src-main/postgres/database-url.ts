/* A database URL as a person typed it: nothing in it is trusted, and no message repeats it, since it holds a password. */
import { Failure } from '../core/failure'

/** `sslmode` as libpq names it, and `no-verify`, the spelling of older Node programs for `require`. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const
export type SslMode = (typeof sslModes)[number]

export interface DatabaseUrl {
  /** A host name, an address, or the folder of a Unix socket. */
  host: string
  port: number
  database: string
  user: string | null
  password: string | null
  sslMode: SslMode
  /** Paths of PEM files; `rootCertificate` may be the word `system`. */
  rootCertificate: string | null
  certificate: string | null
  key: string | null
  /** TLS from the first byte (`sslnegotiation=direct`). */
  usesDirectTls: boolean
  /** Server settings of the session, as `-c search_path=proxy`. */
  options: string | null
}

function refuse(message: string, hint?: string): never {
  throw new Failure('database-url-invalid', { message, hint })
}

/** Reads a URL as libpq does; without `sslmode` it is `prefer`. Throws `database-url-invalid`, saying what is wrong. */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const url = toUrl(text)
  const query = (name: string): string | null => url.searchParams.get(name) || null
  const host = query('host') ?? decode(url.hostname.replace(/^\[(.*)\]$/, '$1'), 'host')
  if (host === '') refuse('The database URL names no host.')
  const port = Number(query('port') ?? (url.port || 5432))
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    refuse('The port in the database URL is not a number from 1 to 65535.')
  }
  const database = query('dbname') ?? decode(url.pathname.slice(1), 'database')
  if (database === '')
    refuse('The database URL names no database: it stands after the host, as in host:5432/claude_proxy.')
  const sslMode = query('sslmode') ?? 'prefer'
  if (!isSslMode(sslMode)) {
    refuse(`The sslmode of the database URL is not one of ${sslModes.slice(0, -1).join(', ')}.`)
  }
  return {
    host,
    port,
    database,
    user: query('user') ?? (decode(url.username, 'user name') || null),
    password: query('password') ?? (decode(url.password, 'password') || null),
    sslMode,
    rootCertificate: query('sslrootcert'),
    certificate: query('sslcert'),
    key: query('sslkey'),
    usesDirectTls: query('sslnegotiation') === 'direct',
    options: query('options'),
  }
}

/** The same URL with its password cut out, wherever it stood. Throws `database-url-invalid`. */
export function withoutPassword(text: string): string {
  const url = toUrl(text)
  url.password = ''
  url.searchParams.delete('password')
  return url.href
}

/** The same URL with this password instead of any other. Throws `database-url-invalid`. */
export function withPassword(text: string, password: string): string {
  const url = new URL(withoutPassword(text))
  url.password = encodeURIComponent(password)
  // A URL without a host (a Unix socket) or user has no place for a password before the host.
  if (url.password === '' && password !== '') url.searchParams.set('password', password)
  return url.href
}

function toUrl(text: string): URL {
  const trimmed = text.trim()
  if (trimmed === '') refuse('The database URL is empty.')
  if (/^\w+\s*=/.test(trimmed)) refuse('The database is given as key=value words; it must be a URL.')
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase()
  if (!scheme) refuse('The database URL must start with postgresql://.')
  if (scheme !== 'postgresql' && scheme !== 'postgres') {
    refuse(`The database URL starts with ${scheme}:, but it must start with postgresql://.`)
  }
  if (/^\w+:\/\/[^/?#]*,/.test(trimmed)) refuse('The database URL names several hosts; it must name one.')
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null
  // An @ or # behind the host is the end of a password that was not escaped.
  if (url && url.hash === '' && (url.username !== '' || !url.pathname.includes('@'))) return url
  return refuse(
    'The database URL cannot be read.',
    'It looks like postgresql://user:password@host:5432/database; write / # ? @ % and spaces in a password as %2F %23 %3F %40 %25 %20.',
  )
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(`The ${part} in the database URL holds a % that is not an escape; write it as %25.`)
  }
}

function isSslMode(text: string): text is SslMode {
  return (sslModes as readonly string[]).includes(text)
}
