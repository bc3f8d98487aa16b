import { readFileSync } from 'node:fs'
import type { ConnectionOptions as TlsOptions } from 'node:tls'
import type { PoolConfig } from 'pg'
import { Failure } from '../core/failure'
import type { DatabaseUrl } from './database-url'

/** One way to connect. A URL may allow several, tried in turn until the server takes one. */
export interface ConnectionWay {
  tls: TlsOptions | false
  /**
   * Where the read-only and time-out settings go: with the login, or, for poolers that refuse that (PgBouncer), into a
   * transaction around every question. A plain SET would stick to a pooled connection and stop the proxy's writes.
   */
  settingsIn: 'login' | 'transaction'
}

export const connectTimeoutMs = 8000
export const statementTimeoutMs = 30_000

/**
 * The ways that the URL allows, best first, with libpq's meaning of `sslmode`. One difference, to the safe side:
 * `verify-ca` without `sslrootcert` is `verify-full`, as a public authority signs for anybody.
 * Source: https://www.postgresql.org/docs/current/libpq-ssl.html. Throws `database-url-invalid` for unreadable files.
 */
export function connectionWays(url: DatabaseUrl): ConnectionWay[] {
  return tlsChoices(url).flatMap((tls) => [
    { tls, settingsIn: 'login' as const },
    { tls, settingsIn: 'transaction' as const },
  ])
}

function tlsChoices(url: DatabaseUrl): (TlsOptions | false)[] {
  if (url.host.startsWith('/') || url.sslMode === 'disable') return [false]
  const files: TlsOptions = {
    ...(url.certificate && { cert: readPem(url.certificate, 'sslcert') }),
    ...(url.key && { key: readPem(url.key, 'sslkey') }),
  }
  const authority =
    url.rootCertificate && url.rootCertificate !== 'system'
      ? { ca: readPem(url.rootCertificate, 'sslrootcert') }
      : undefined
  const unverified = { ...files, rejectUnauthorized: false }
  const chainOnly = { ...files, ...authority, checkServerIdentity: () => undefined }
  switch (url.sslMode) {
    case 'allow':
      return [false, unverified]
    case 'prefer':
      return [unverified, false]
    case 'no-verify':
      return [unverified]
    case 'require':
      return [authority ? chainOnly : unverified]
    case 'verify-ca':
      return [authority ? chainOnly : files]
    case 'verify-full':
      return [{ ...files, ...authority }]
  }
}

/** What `pg` needs to connect that way. */
export function clientConfig(url: DatabaseUrl, way: ConnectionWay, applicationName: string): PoolConfig {
  const options = [url.options, way.settingsIn === 'login' ? '-c default_transaction_read_only=on' : null]
  return {
    host: url.host,
    port: url.port,
    database: url.database,
    ...(url.user !== null && { user: url.user }),
    ...(url.password !== null && { password: url.password }),
    ssl: way.tls,
    ...(url.usesDirectTls && way.tls && { sslnegotiation: 'direct' as const }),
    application_name: applicationName,
    ...(way.settingsIn === 'login' && { statement_timeout: statementTimeoutMs }),
    options: options.filter(Boolean).join(' ') || undefined,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  }
}

function readPem(path: string, parameter: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new Failure('database-url-invalid', {
      message: `The file that ${parameter} names in the database URL cannot be read.`,
      hint: 'Check its path and its permissions.',
      cause,
    })
  }
}
