import { isAbsolute } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../../src-main/app/environment'
import { Failure } from '../../src-main/core/failure'

const refusal = (variables: Record<string, string>): Failure => {
  try {
    readEnvironment(variables)
  } catch (error) {
    if (error instanceof Failure) return error
  }
  throw new Error('nothing was refused')
}

test('an empty environment gives the defaults of the README', () => {
  expect(readEnvironment({})).toMatchObject({
    databaseUrl: null,
    apiKey: null,
    dashboardEnabled: true,
    host: '127.0.0.1',
    port: 3000,
    feedUrl: null,
    feedKey: null,
  })
})

test('a variable that is set to nothing counts as not set', () => {
  expect(readEnvironment({ DATABASE_URL: ' ', PORT: '', DASHBOARD_API_KEY: '' })).toMatchObject({
    databaseUrl: null,
    port: 3000,
    apiKey: null,
  })
})

test('what is set is taken as it is', () => {
  const environment = readEnvironment({
    DATABASE_URL: 'postgresql://me:pw@db.example:5433/proxy?sslmode=require',
    DASHBOARD_API_KEY: 'a key with spaces',
    ENABLE_DASHBOARD: 'FALSE',
    HOST: '::1',
    PORT: '0',
    NEXUS_DATA_DIR: 'relative/folder',
    NEXUS_FEED_URL: 'https://proxy.example/dashboard',
    NEXUS_FEED_KEY: 'feed key',
  })
  expect(environment).toMatchObject({
    apiKey: 'a key with spaces',
    dashboardEnabled: false,
    host: '::1',
    port: 0,
    feedUrl: 'https://proxy.example/dashboard',
    feedKey: 'feed key',
  })
  expect(isAbsolute(environment.dataDirectory)).toBe(true)
})

describe('a wrong value is refused with a sentence that names it', () => {
  test.each([
    ['DATABASE_URL', 'mysql://db/x'],
    ['DATABASE_URL', 'not a url'],
    ['ENABLE_DASHBOARD', 'maybe'],
    ['HOST', 'http://localhost'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['PORT', '0x10'],
    ['NEXUS_FEED_URL', 'ftp://proxy.example'],
    ['NEXUS_FEED_URL', 'proxy.example/dashboard'],
    ['NEXUS_DATA_DIR', 'a\0b'],
  ])('%s=%s', (name, value) => {
    const failure = refusal({ [name]: value })
    expect(failure.code).toBe('invalid-input')
    expect(failure.message).toMatch(new RegExp(`^${name} .+\\.$`))
  })

  test('and never with the password in it', () => {
    expect(refusal({ DATABASE_URL: 'postgresql://me:canary-77@/x?port=99999' }).message).not.toContain('canary-77')
  })
})
