import { Failure } from '../core/failure'
import type { ErrorCode } from '../contract/errors'
import { connectTimeoutMs, statementTimeoutMs } from './connection-options'
import type { DatabaseUrl } from './database-url'

type Names = Pick<DatabaseUrl, 'host' | 'port' | 'database' | 'user' | 'sslMode'>
type Described = [code: ErrorCode, message: string, hint?: string]

interface ErrorLike {
  code?: string
  message?: string
}

/** Whatever `pg`, Node's sockets or PostgreSQL threw, as a failure that names host and database, never the password. */
export function sourceFailure(error: unknown, names: Names): Failure {
  if (error instanceof Failure) return error
  const { code = '', message = '' } = (error ?? {}) as ErrorLike
  const [failureCode, sentence, hint] =
    ofNetwork(code, names) ?? ofTls(code, message, names) ?? ofServer(code, message, names) ?? ofText(message, names)
  return new Failure(failureCode, { message: sentence, hint, cause: error })
}

/** The server wants the other kind of connection than the one that was tried: with TLS, or without. */
export function refusesTlsChoice(error: unknown, usedTls: boolean): boolean {
  const { code, message = '' } = error as ErrorLike
  if (usedTls && message === 'The server does not support SSL connections') return true
  return code === '28000' && /no pg_hba\.conf entry/.test(message) && usedTls !== lacksTls(message)
}

/** A connection pooler that takes no settings with the login. */
export function refusesLoginSettings(error: unknown): boolean {
  const { code, message = '' } = error as ErrorLike
  return code === '08P01' && /unsupported startup parameter/.test(message)
}

function lacksTls(message: string): boolean {
  return /no encryption|SSL off/.test(message)
}

function ofNetwork(code: string, { host, port }: Names): Described | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_NODATA':
      return ['database-host-unknown', `The host ${host} is not known.`]
    case 'EAI_AGAIN':
      return [
        'database-host-unknown',
        `The host ${host} could not be looked up: the name service does not answer.`,
        'Check the network, and that your VPN is on.',
      ]
    case 'ECONNREFUSED':
      return ['database-port-refused', `Nothing answers on port ${port} of ${host}.`]
    case 'ENOENT':
    case 'EACCES':
      return ['database-port-refused', `There is no PostgreSQL socket for port ${port} in ${host} that can be used.`]
    case 'ETIMEDOUT':
      return ['database-unreachable', `${host}:${port} did not answer within ${connectTimeoutMs / 1000} seconds.`]
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return ['database-unreachable', `There is no way to ${host} from this network.`]
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return ['database-unreachable', `${host}:${port} broke the connection.`]
  }
}

function ofTls(code: string, message: string, { host, port, sslMode }: Names): Described | undefined {
  const url = `sslmode=${sslMode}`
  if (message === 'The server does not support SSL connections') {
    return [
      'database-tls-mismatch',
      `${host}:${port} does not speak TLS, but the URL asks for it (${url}).`,
      'Use sslmode=disable or sslmode=prefer if the network in between can be trusted.',
    ]
  }
  if (/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/.test(code)) {
    return [
      'database-tls-mismatch',
      `The certificate of ${host} is self-signed, and ${url} accepts only one that a known authority signed.`,
      'Name the authority with sslrootcert=/path/to/ca.pem, or use sslmode=require.',
    ]
  }
  if (/^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_UNTRUSTED)$/.test(code)) {
    return [
      'database-tls-mismatch',
      `The certificate of ${host} is signed by an authority that is not known here.`,
      'Name the authority with sslrootcert=/path/to/ca.pem, or use sslmode=require.',
    ]
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      'database-tls-mismatch',
      `The certificate that answers on ${host}:${port} is for another host.`,
      'Use the host name of the certificate, or sslmode=verify-ca with sslrootcert.',
    ]
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return [
      'database-tls-mismatch',
      `The certificate of ${host} is out of date.`,
      'Renew it, and check the clock here.',
    ]
  }
  if (
    code === 'EPROTO' ||
    code.startsWith('ERR_SSL_') ||
    message === 'There was an error establishing an SSL connection'
  ) {
    return ['database-tls-mismatch', `The TLS handshake with ${host}:${port} failed.`]
  }
}

function ofServer(code: string, message: string, names: Names): Described | undefined {
  const { host, port, database, user, sslMode } = names
  const role = user ? `the user ${user}` : 'this user'
  switch (code) {
    case '28P01':
      return ['database-refused-login', `${host} refused the password of ${role}.`]
    case '28000':
      if (/no pg_hba\.conf entry/.test(message) && lacksTls(message) && sslMode === 'disable') {
        return [
          'database-tls-mismatch',
          `${host} refuses ${role} without TLS, and the URL forbids TLS (sslmode=disable).`,
          'Use sslmode=require; if it is refused then too, the server lets nobody in from this machine.',
        ]
      }
      if (/no pg_hba\.conf entry/.test(message)) {
        return [
          'database-refused-login',
          `${host} has no rule that lets ${role} into the database ${database} from this machine.`,
          'Ask for an entry in pg_hba.conf, or connect through the VPN or tunnel that is allowed.',
        ]
      }
      return ['database-refused-login', `${host} refused the login of ${role}.`]
    case '3D000':
      return ['database-not-found', `There is no database ${database} on ${host}:${port}.`]
    case '42501':
      return message.includes('database')
        ? ['database-refused-login', `${host} does not let ${role} into the database ${database}.`]
        : ['table-not-readable', `${host} does not let ${role} read the requests table of ${database}.`]
    case '42P01':
    case '3F000':
      return ['table-not-found', `The requests table of ${database} is not there any more.`]
    case '42703':
      return ['table-not-understood', `A column of the requests table of ${database} is not there any more.`]
    case '22P02':
      return ['table-not-understood', `The requests table of ${database} holds a request id that is no UUID.`]
    case '53300':
      return ['database-too-many-connections', `${host} has no connection left to give.`]
    case '57014':
      if (/user request/.test(message)) return ['query-cancelled', 'The question was cancelled at the database.']
      return ['database-timeout', `${host} did not finish within the time that the app allows itself.`]
    case '40001':
    case '55P03':
      return ['database-timeout', `${host} gave other work the right of way.`]
    case '57P01':
    case '57P02':
    case '57P05':
      return ['database-unreachable', `${host} ended the connection.`, 'The app connects again by itself.']
    case '57P03':
      return [
        'database-unreachable',
        `The database on ${host} is starting or stopping.`,
        'The app tries again by itself.',
      ]
  }
}

/** Errors of the driver that have no code. */
function ofText(message: string, { host, port }: Names): Described {
  if (/password must be a string|password must be a non-empty string/.test(message)) {
    return ['database-refused-login', `${host} wants a password, and the URL has none.`]
  }
  if (/timeout exceeded when trying to connect/.test(message)) {
    return ['database-timeout', 'All connections to the database are busy.', 'Wait a moment, then try again.']
  }
  if (/connection timeout|timeout expired/.test(message)) {
    return ['database-unreachable', `${host}:${port} did not answer within ${connectTimeoutMs / 1000} seconds.`]
  }
  if (/Query read timeout/.test(message)) {
    return ['database-timeout', `${host} was silent for more than ${statementTimeoutMs / 1000} seconds.`]
  }
  if (/Connection terminated|not queryable|Client was closed|socket disconnected before secure/.test(message)) {
    return ['database-unreachable', `The connection to ${host}:${port} was lost.`, 'The app connects again by itself.']
  }
  return ['internal', 'The database answered in a way that the app does not know.', 'The log has the details.']
}
