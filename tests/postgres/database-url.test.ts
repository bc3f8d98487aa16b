import { describe, expect, test } from 'vitest'
import { parseDatabaseUrl, withoutPassword, withPassword } from '../../src-main/postgres/database-url'

describe('a database URL', () => {
  test('is read with its parts unescaped and the defaults of libpq', () => {
    expect(parseDatabaseUrl(' postgresql://reader:p%40ss%2Fword@db.example.com/claude_proxy ')).toEqual({
      host: 'db.example.com',
      port: 5432,
      database: 'claude_proxy',
      user: 'reader',
      password: 'p@ss/word',
      sslMode: 'prefer',
      rootCertificate: null,
      certificate: null,
      key: null,
      usesDirectTls: false,
      options: null,
    })
  })

  test.each([
    ['postgres://u@[::1]:6432/d', { host: '::1', port: 6432, user: 'u', password: null }],
    ['postgresql:///d?host=/var/run/postgresql&user=u', { host: '/var/run/postgresql', user: 'u', database: 'd' }],
    ['postgresql://u:p@%2Fvar%2Frun/d', { host: '/var/run', password: 'p' }],
    [
      'postgresql://h/d?sslmode=verify-full&sslrootcert=/ca.pem',
      { sslMode: 'verify-full', rootCertificate: '/ca.pem' },
    ],
    ['postgresql://h/with%20space', { database: 'with space', user: null }],
    ['POSTGRESQL://h/d?options=-c%20search_path%3Dproxy', { options: '-c search_path=proxy' }],
  ])('%s is understood', (text, parts) => {
    expect(parseDatabaseUrl(text)).toMatchObject(parts)
  })

  test.each([
    ['', 'The database URL is empty.'],
    ['host=localhost dbname=x', 'The database is given as key=value words; it must be a URL.'],
    ['localhost', 'The database URL must start with postgresql://.'],
    ['mysql://u:secret@h/d', 'The database URL starts with mysql:, but it must start with postgresql://.'],
    ['postgresql://u:secret@h', /names no database/],
    ['postgresql:///d', 'The database URL names no host.'],
    ['postgresql://h:0/d', 'The port in the database URL is not a number from 1 to 65535.'],
    ['postgresql://h/d?port=x', 'The port in the database URL is not a number from 1 to 65535.'],
    ['postgresql://u:se#cret@h/d', 'The database URL cannot be read.'],
    ['postgresql://u:123/secret@h/d', 'The database URL cannot be read.'],
    ['postgresql://u:123#secret@h/d', 'The database URL cannot be read.'],
    ['postgresql://u:100%@h/d', /The password in the database URL holds a %/],
    ['postgresql://h/d?sslmode=maybe', /not one of disable, allow, prefer/],
    ['postgresql://a:5432,b:5432/d', 'The database URL names several hosts; it must name one.'],
  ])('%s is refused with what is wrong, and without the password', (text, message) => {
    const parse = () => parseDatabaseUrl(text)
    expect(parse).toThrow(message)
    expect(parse).toThrow(expect.objectContaining({ code: 'database-url-invalid' }))
    expect(parse).not.toThrow(/secret/)
  })

  test.each([
    'postgresql://reader:old@h:5432/d?sslmode=require',
    'postgresql:///d?host=/run/pg&user=reader&password=old',
    'postgresql://h/d',
  ])('%s loses its password and takes another', (text) => {
    const without = withoutPassword(text)
    expect(without).not.toContain('old')
    expect(parseDatabaseUrl(without).password).toBeNull()
    const awkward = "a:b@c/d?e#f%g 100%25 ü'\\"
    expect(parseDatabaseUrl(withPassword(text, awkward))).toEqual({ ...parseDatabaseUrl(text), password: awkward })
    expect(withoutPassword(withPassword(text, awkward))).toBe(without)
  })
})
