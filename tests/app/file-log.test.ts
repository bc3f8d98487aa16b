import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFileLog } from '../../src-main/app/file-log'

const folder = (): string => mkdtempSync(join(tmpdir(), 'nexus-log-'))

test('a secret is in no line, whether it is known by name or by value', () => {
  const directory = folder()
  const echoed: string[] = []
  const log = createFileLog({ directory, echo: (line) => echoed.push(line) })
  log.keepOut('canary-5d1f')
  log.warn('Login with canary-5d1f failed', { password: 'other-canary', url: 'postgres://me:canary-5d1f@db/x' })
  log.error('Nested', { cause: new Error('was canary-5d1f') })
  const text = readFileSync(join(directory, 'nexus.log'), 'utf8')
  expect(text + echoed.join('\n')).not.toMatch(/canary/)
  expect(text.trim().split('\n')).toHaveLength(2)
  expect(JSON.parse(text.split('\n')[0]!)).toMatchObject({ level: 'warn', password: '[secret]' })
})

test('the log is the user’s alone and never grows past two files', () => {
  const directory = folder()
  writeFileSync(join(directory, 'nexus.log'), 'x'.repeat(5_000_001))
  const log = createFileLog({ directory })
  log.info('after the old one was put aside')
  expect(readdirSync(directory).sort()).toEqual(['nexus.log', 'nexus.log.1'])
  expect(statSync(join(directory, 'nexus.log')).mode & 0o777).toBe(0o600)
})

test('a log that cannot be written is said on the terminal and stops nothing', () => {
  const directory = folder()
  // A folder in the file's place stops root as well.
  mkdirSync(join(directory, 'nexus.log'))
  const echoed: string[] = []
  createFileLog({ directory, echo: (line) => echoed.push(line) }).warn('said')
  expect(echoed).toEqual([expect.stringMatching(/^The log could not be written/), 'warn: said'])
})
