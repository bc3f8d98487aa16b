import { createServer, type AddressInfo } from 'node:net'
import { chown, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../src-main/contract/errors'
import { Failure } from '../../src-main/core/failure'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { briefTable, log } from './fixtures'
import { testCertificate, testKey } from './tls-certificate'
import { eventually } from '../fakes/eventually'

let server: TestPostgres
let url: string

beforeAll(async () => {
  server = await startTestPostgres()
  url = await server.createDatabase(
    'proxy',
    `${briefTable}
    CREATE ROLE reader LOGIN PASSWORD 'reads'; GRANT SELECT ON requests TO reader;
    CREATE ROLE stranger LOGIN PASSWORD 'knocks';
    CREATE ROLE single LOGIN PASSWORD 'one' CONNECTION LIMIT 0;
    CREATE ROLE nowhere LOGIN PASSWORD 'x';`,
  )
})
afterAll(() => server.stop())

/** The failure of asking a source for its facts. */
async function failureOf(databaseUrl: string): Promise<Failure> {
  const source = createPostgresSource({ databaseUrl, log })
  try {
    await source.inspect()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  } finally {
    await source.close()
  }
  throw new Error('It did not fail')
}

function changed(change: (target: URL) => void, base = url): string {
  const target = new URL(base)
  change(target)
  return target.href
}

const as = (user: string, password: string) =>
  changed((target) => {
    target.username = user
    target.password = password
  })

describe('each way not to get in has its own code and sentence', () => {
  const cases: [string, () => string | Promise<string>, ErrorCode, RegExp][] = [
    [
      'an unknown host',
      () => changed((target) => (target.hostname = 'no-such-host.invalid')),
      'database-host-unknown',
      /^The host no-such-host\.invalid /,
    ],
    [
      'a closed port',
      () => changed((target) => (target.port = '1')),
      'database-port-refused',
      /^Nothing answers on port 1 of 127/,
    ],
    [
      'a wrong password',
      () => as('reader', 'guess-canary'),
      'database-refused-login',
      /refused the password of the user reader/,
    ],
    ['an unknown user', () => as('nobody-here', 'x'), 'database-refused-login', /nobody-here/],
    ['no password', () => as('reader', ''), 'database-refused-login', /wants a password, and the URL has none/],
    [
      'a wrong database',
      () => changed((target) => (target.pathname = '/other')),
      'database-not-found',
      /no database other on 127/,
    ],
    [
      'TLS asked of a server without',
      () => `${url}?sslmode=require`,
      'database-tls-mismatch',
      /does not speak TLS.*sslmode=require/,
    ],
    ['no table', () => server.createDatabase('empty'), 'table-not-found', /neither a requests nor an api_requests/],
    [
      'a table that may not be read',
      () => as('stranger', 'knocks'),
      'table-not-readable',
      /may not read public\.requests/,
    ],
    [
      'a table of another kind',
      () => server.createDatabase('other_kind', 'CREATE TABLE requests (id serial, created_at date)'),
      'table-not-understood',
      /public\.requests lacks a request id or a timestamp/,
    ],
    [
      'a role without connections left',
      () => as('single', 'one'),
      'database-too-many-connections',
      /no connection left/,
    ],
    [
      'a certificate file that is not there',
      () => `${url}?sslmode=verify-full&sslrootcert=/no/such/file`,
      'database-url-invalid',
      /sslrootcert .* cannot be read/,
    ],
    [
      'a Unix socket that is not there',
      () => `postgresql:///proxy?host=${encodeURIComponent(tmpdir())}&user=reader`,
      'database-port-refused',
      /no PostgreSQL socket/,
    ],
  ]
  test.each(cases)('%s', async (_, target, code, sentence) => {
    const address = await target()
    const failure = await (async () => failureOf(address))().catch((error: Failure) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(sentence) })
    expect(failure.message).not.toMatch(/canary/)
    expect(failure.hint.length).toBeGreaterThan(10)
  })

  test('a port that takes the call and never answers', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const failure = await failureOf(changed((target) => (target.port = String((silent.address() as AddressInfo).port))))
    expect(failure).toMatchObject({ code: 'database-unreachable', message: expect.stringMatching(/within 8 seconds/) })
    silent.close()
  })

  test('a port behind which something else answers', async () => {
    const web = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const failure = await failureOf(changed((target) => (target.port = String((web.address() as AddressInfo).port))))
    expect(['database-tls-mismatch', 'database-unreachable']).toContain(failure.code)
    web.close()
  })
})

describe('a server that speaks TLS', () => {
  let certificateFile: string

  async function writeForServer(name: string, text: string): Promise<void> {
    const [setting] = await runSql(server.url(), 'SHOW data_directory')
    const directory = setting!.data_directory as string
    const { uid, gid } = await stat(directory)
    await writeFile(join(directory, name), text, { mode: 0o600 })
    await chown(join(directory, name), uid, gid)
  }

  /** Rules of who may log in; gives them time to be read again. */
  async function allow(...rules: string[]): Promise<void> {
    const before = await runSql(server.url(), 'SELECT pg_conf_load_time() AS at')
    await writeForServer('pg_hba.conf', [...rules, 'host postgres all 127.0.0.1/32 scram-sha-256', ''].join('\n'))
    await runSql(server.url(), 'SELECT pg_reload_conf()')
    await eventually(async () => {
      expect(await runSql(server.url(), 'SELECT pg_conf_load_time() AS at')).not.toEqual(before)
    })
  }

  beforeAll(async () => {
    certificateFile = join(tmpdir(), `nexus-test-certificate-${process.pid}.pem`)
    await writeFile(certificateFile, testCertificate)
    await writeForServer('server.crt', testCertificate)
    await writeForServer('server.key', testKey)
    await runSql(server.url(), 'ALTER SYSTEM SET ssl = on')
    await allow('host all all 127.0.0.1/32 scram-sha-256')
  })

  afterAll(() => rm(certificateFile))

  const local = (query: string) => changed((target) => (target.hostname = 'localhost')) + query

  async function usesTls(databaseUrl: string): Promise<boolean> {
    const source = createPostgresSource({ databaseUrl, log })
    await source.inspect()
    const [session] = await runSql(
      server.url(),
      `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'nexus-desktop'`,
    )
    await source.close()
    return session!.ssl as boolean
  }

  test.each([
    ['?sslmode=disable', false],
    ['?sslmode=allow', false],
    ['', true],
    ['?sslmode=prefer', true],
    ['?sslmode=require', true],
  ])('%j means what libpq means', async (query, expected) => {
    expect(await usesTls(url + query)).toBe(expected)
  })

  test('a self-signed certificate is taken only by the one who names it', async () => {
    expect(await failureOf(local('?sslmode=verify-full'))).toMatchObject({
      code: 'database-tls-mismatch',
      message: expect.stringMatching(/self-signed/),
    })
    expect(await usesTls(local(`?sslmode=verify-full&sslrootcert=${certificateFile}`))).toBe(true)
    // Without an authority of one's own, verify-ca would trust anybody that a public one signed for.
    expect((await failureOf(local('?sslmode=verify-ca'))).code).toBe('database-tls-mismatch')
  })

  test('a certificate for another host is refused by verify-full alone', async () => {
    const file = `&sslrootcert=${certificateFile}`
    expect(await failureOf(`${url}?sslmode=verify-full${file}`)).toMatchObject({
      code: 'database-tls-mismatch',
      message: expect.stringMatching(/is for another host/),
    })
    expect(await usesTls(`${url}?sslmode=verify-ca${file}`)).toBe(true)
    expect(await usesTls(`${url}?sslmode=require${file}`)).toBe(true)
  })

  test('a server that wants TLS gets it, or says so', async () => {
    await allow('hostssl all all 127.0.0.1/32 scram-sha-256')
    expect(await usesTls(url)).toBe(true)
    expect(await usesTls(`${url}?sslmode=allow`)).toBe(true)
    expect(await failureOf(`${url}?sslmode=disable`)).toMatchObject({
      code: 'database-tls-mismatch',
      message: expect.stringMatching(/without TLS/),
    })
  })

  test('a server that wants no TLS is met without by prefer', async () => {
    await allow('hostnossl all all 127.0.0.1/32 scram-sha-256')
    expect(await usesTls(url)).toBe(false)
    expect((await failureOf(`${url}?sslmode=require`)).code).toBe('database-refused-login')
  })

  test('a server that lets nobody in from here says so once', async () => {
    await allow()
    expect(await failureOf(url)).toMatchObject({
      code: 'database-refused-login',
      message: expect.stringMatching(/no rule that lets/),
    })
  })
})
