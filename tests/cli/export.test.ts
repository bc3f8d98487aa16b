import { spawn, type ChildProcess } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readExportArguments } from '../../src-main/cli/export-arguments'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { temporaryFolder } from '../replica/replica-fixture'

const command = resolve(import.meta.dirname, '../../dist/main/export.js')

let postgres: TestPostgres
let url: string
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  url = await postgres.createDatabase('cli', briefTable)
  await runSql(
    url,
    `INSERT INTO requests SELECT gen_random_uuid(), now() - n * interval '1 minute', 'acme.com', 'claude-opus-4-5-20251101',
      n, 1, '{"messages":[]}', '{"type":"message","content":[]}', 1, true, 'inference' FROM generate_series(1, 300) AS n`,
  )
})
afterAll(async () => {
  await postgres?.stop()
  await folder?.remove()
})

function start(args: string[], dataFolder: string, change: Record<string, string> = {}): ChildProcess {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, DATABASE_URL: url, NEXUS_DATA_DIR: join(folder.path, dataFolder), ...change }
  return spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function run(...all: Parameters<typeof start>): Promise<{ code: number | null; out: string; said: string }> {
  const child = start(...all)
  const [out, said, code] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    new Promise<number | null>((done) => child.once('close', done)),
  ])
  return { code, out, said }
}

test('waits for the database’s rows and writes them to standard output, with nothing else in it', async () => {
  const { code, out, said } = await run(['--format', 'jsonl', '--q', 'tokens:<=101'], 'first')
  expect(said).toMatch(/^100 requests, as of 20/)
  expect(code).toBe(0)
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { inputTokens: number })
  expect(rows.map((row) => row.inputTokens)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('without the database and with no earlier copy there is a reason and no file', async () => {
  const away = { DATABASE_URL: url.replace(/:\d+\//, ':1/') }
  const out = join(folder.path, 'never.csv')
  const never = await run(['--format', 'csv', '--out', out], 'never', away)
  expect(never).toMatchObject({ code: 1, said: expect.stringContaining('Nothing answers on port 1') as string })
  expect(await readdir(folder.path)).not.toContain('never.csv')
})

test('a file appears whole or not at all', async () => {
  const out = join(folder.path, 'whole.csv')
  const { code } = await run(['--format', 'csv', '--out', out], 'first')
  expect(code).toBe(0)
  expect((await readFile(out, 'utf8')).split('\r\n')).toHaveLength(302)
  const nowhere = await run(['--format', 'csv', '--out', join(folder.path, 'missing/x.csv')], 'first')
  expect(nowhere).toMatchObject({ code: 1, said: expect.stringContaining('could not be written') as string })
  expect((await readdir(folder.path)).filter((name) => name.includes('part'))).toEqual([])
})

test('a wrong option, a wrong query and a folder in use are each one sentence', async () => {
  expect(await run(['--format', 'xml'], 'first')).toMatchObject({
    code: 1,
    said: expect.stringContaining('--format') as string,
  })
  expect(await run(['--nonsense'], 'first')).toMatchObject({
    code: 1,
    said: expect.stringContaining('--nonsense') as string,
  })
  const wrongQuery = await run(['--format', 'csv', '--q', 'tokens:>'], 'first')
  expect(wrongQuery.code).toBe(1)
  expect(wrongQuery.said).not.toContain('    at ')
})

test('arguments mean what the REST route’s query means', () => {
  expect(readExportArguments(['--format=csv', '--hours', '2', '--errors-only', '--bodies', '-o', 'x.csv'])).toEqual({
    input: { format: 'csv', hours: 2, errorsOnly: true, bodies: true },
    out: 'x.csv',
  })
  expect(
    readExportArguments(['--format=csv', '--columns', 'id,costUsd', '--redact', '--redact-pattern', 'A\\d+'])?.input,
  ).toEqual({
    format: 'csv',
    columns: ['id', 'costUsd'],
    redaction: { secrets: true, mail: true, homePaths: true, patterns: ['A\\d+'] },
  })
  expect(() => readExportArguments(['--format=csv', '--columns', 'id,nothing'])).toThrow('--columns')
  expect(readExportArguments(['--help'])).toBeNull()
})
