import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createExports, type Exports } from '../../src-main/app/exports-api'
import type { Workspaces } from '../../src-main/app/workspaces'
import type { RequestRow } from '../../src-main/contract/conversations'
import { requestRow } from '../../src-main/contract/conversations'
import type { ExportColumn, ExportEvent, ExportFormat, ExportInput } from '../../src-main/contract/exports'
import { Failure } from '../../src-main/core/failure'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { isComplete, startSync, stateOf, temporaryFolder, type Running } from '../replica/replica-fixture'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let url: string
let directory: string
let exports: Exports
/** Set to answer for the source instead of PostgreSQL. */
let readBodies: Running['source']['readBodies'] | null = null
/** What the list shows, newest first. */
let shown: RequestRow[]

const rows = 1200
const formats: ExportFormat[] = ['csv', 'json', 'jsonl', 'parquet']
const window = { from: new Date(Date.now() - 3 * 86_400_000).toISOString(), to: new Date().toISOString() }

/**
 * Every column null somewhere, and names that CSV, JSON and a spreadsheet each take for something of their own.
 * The newest is an hour old: the window ends when this file was read, before PostgreSQL has even started.
 */
const requests = `
  SELECT setseed(0.42);
  INSERT INTO requests
  SELECT gen_random_uuid(), now() - interval '1 hour' - random() * interval '2 days',
    (ARRAY['acme.com', '=1+2', '@sum(a1)', 'quote"d, ltd', E'two\\nlines', 'größe.example', '', '-5', NULL])[1 + n % 9],
    (ARRAY['claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929', 'an-unknown-model', NULL])[1 + n % 4],
    CASE WHEN n % 7 > 0 THEN n % 1000 END, CASE WHEN n % 5 > 0 THEN n % 300 END,
    jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'hello "' || n || '"'))),
    CASE WHEN n % 11 > 0 THEN jsonb_build_object('type', 'message', 'content', '[]'::jsonb, 'stop_reason', 'end_turn',
      'usage', jsonb_build_object('input_tokens', 10, 'output_tokens', 12, 'cache_read_input_tokens', n)) END,
    CASE WHEN n % 6 > 0 THEN n END, (ARRAY[true, false, NULL])[1 + n % 3], 'inference'
  FROM generate_series(1, ${rows}) AS n`

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  url = await postgres.createDatabase('exports', briefTable)
  await runSql(url, requests)
  running = await startSync(folder.path, url)
  await stateOf(running.sync, isComplete)
  const { source, replica } = running
  // What the background passes have not joined yet stays so: the rows stand still.
  await running.sync.close()
  const workspace = {
    replica,
    source: { ...source, readBodies: (id: string) => (readBodies ?? source.readBodies)(id) },
  }
  directory = join(folder.path, 'exports')
  exports = createExports({
    workspaces: { open: () => workspace } as unknown as Workspaces,
    directory,
    timeZone: () => 'UTC',
    now: Date.now,
  })
  const span = { fromMs: Date.parse(window.from), toMs: Date.parse(window.to) }
  shown = (await replica.list({ ...span, errorsOnly: false, limit: rows * 2, cursor: undefined })).items
})

afterAll(async () => {
  await exports?.close()
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

async function save(input: Partial<ExportInput> & { format: ExportFormat }): Promise<string> {
  const made = await exports.make({ ...window, ...input }, undefined)
  const fetched = await exports.fetch(made.id)
  const path = join(folder.path, made.name + made.id)
  await writeFile(path, fetched!.content)
  expect((await stat(path)).size).toBe(made.sizeBytes)
  return path
}

/** Rows of a file as DuckDB reads them back, with the types that JSON has. */
async function readBack(path: string, format: ExportFormat): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const reader = {
    csv: `read_csv('${path}', all_varchar = true, allow_quoted_nulls = false, max_line_size = 20000000)`,
    json: `read_json('${path}', format = 'array')`,
    jsonl: `read_json('${path}', format = 'newline_delimited')`,
    parquet: `read_parquet('${path}')`,
  }[format]
  const isText = format === 'csv'
  const typed = (name: string, type: string): string => (isText ? `"${name}"::${type}` : `"${name}"`)
  const answer = await connection.run(`SELECT * REPLACE (
      id::VARCHAR AS id, strftime(timestamp::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ') AS timestamp,
      ${['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'totalTokens', 'responseTimeMs', 'turn']
        .map((name) => `${typed(name, 'INTEGER')}::INTEGER AS "${name}"`)
        .join(', ')},
      ${typed('costUsd', 'DOUBLE')} AS "costUsd",
      ${['stream', 'error', 'answered'].map((name) => `${typed(name, 'BOOLEAN')} AS ${name}`).join(', ')}
    ) FROM ${reader}`)
  const found = await answer.getRowObjectsJS()
  connection.closeSync()
  instance.closeSync()
  return found as Record<string, unknown>[]
}

/** A row of the list with each field of the contract; one that is not there is null in a file. */
function asExported(row: RequestRow): Record<string, unknown> {
  const fields = Object.keys(requestRow.shape) as (keyof RequestRow)[]
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))
}

function defused(row: Record<string, unknown>): Record<string, unknown> {
  const guard = (value: unknown): unknown =>
    typeof value === 'string' && /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, guard(value)]))
}

test.each(formats)('a %s file, read back, is what the list shows', async (format) => {
  expect(shown).toHaveLength(rows)
  const found = await readBack(await save({ format }), format)
  const expected = shown.map(asExported)
  expect(found).toEqual(format === 'csv' ? expected.map(defused) : expected)
})

test('PostgreSQL reads the same from the CSV file', async () => {
  const path = await save({ format: 'csv' })
  const columns = Object.keys(requestRow.shape)
  const names = columns.map((name) => `"${name}"`).join(', ')
  // A table has no order of its own: the lines are counted as they come.
  await runSql(url, `CREATE TABLE exported (line serial, ${columns.map((name) => `"${name}" text`).join(', ')})`)
  const client = new Client(url)
  await client.connect()
  await pipeline(
    createReadStream(path),
    client.query(copyFrom(`COPY exported (${names}) FROM STDIN (FORMAT csv, HEADER match)`)),
  )
  await client.end()
  const asText = (value: unknown): unknown => (value === null ? null : String(value))
  const expected = shown.map((row) =>
    Object.fromEntries(Object.entries(defused(asExported(row))).map(([name, value]) => [name, asText(value)])),
  )
  const found = await runSql(url, `SELECT ${names} FROM exported ORDER BY line`)
  expect(found.map((row) => ({ ...row, costUsd: asText(row['costUsd'] && Number(row['costUsd'])) }))).toEqual(expected)
})

test.each(formats)('a %s file with bodies has each row once with the stored JSON', async (format) => {
  const path = await save({ format, bodies: true })
  const isJson = format === 'json' || format === 'jsonl'
  const found = isJson ? parseLines(await readFile(path, 'utf8')) : await readBack(path, format)
  expect(found.map((row) => row['id'])).toEqual(shown.map((row) => row.id))
  // In the text formats a body is the stored text, in JSON the object itself.
  const parse = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : (value ?? null))
  for (const row of found.slice(0, 60)) {
    const { request, response } = (await running.source.readBodies(String(row['id'])))!
    expect(typeof row['requestBody']).toBe(isJson ? 'object' : 'string')
    expect(parse(row['requestBody'])).toEqual(JSON.parse(request!))
    expect(parse(row['responseBody'])).toEqual(parse(response))
  }
})

/** A JSON array of rows, or a row a line. */
function parseLines(content: string): Record<string, unknown>[] {
  if (content.startsWith('[')) return JSON.parse(content) as Record<string, unknown>[]
  return content
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('a query, a domain, failed requests alone and single rows narrow the file as they narrow the list', async () => {
  const lines = async (input: Partial<ExportInput>): Promise<string[]> =>
    (await readFile(await save({ format: 'jsonl', ...input }), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as RequestRow).id)
  const idsWhere = (holds: (row: RequestRow) => boolean): string[] => shown.filter(holds).map((row) => row.id)
  expect(await lines({ domain: 'acme.com' })).toEqual(idsWhere((row) => row.domain === 'acme.com'))
  expect(await lines({ domain: '' })).toEqual(idsWhere((row) => row.domain === null))
  expect(await lines({ q: 'tokens:>900 -model:opus*' })).toEqual(
    idsWhere((row) => row.totalTokens > 900 && !row.model?.startsWith('opus')),
  )
  const some = [shown[900]!.id, shown[3]!.id]
  expect(await lines({ ids: some, from: undefined, to: undefined, hours: 1 })).toEqual([shown[3]!.id, shown[900]!.id])
  expect(await lines({ domain: 'nobody.example' })).toEqual([])
})

test('nothing found is a CSV file of its head alone, with bodies and without', async () => {
  const head = Object.keys(requestRow.shape).join(',')
  const none = { format: 'csv', domain: 'nobody.example' } as const
  expect(await readFile(await save(none), 'utf8')).toBe(`${head}\r\n`)
  expect(await readFile(await save({ ...none, bodies: true }), 'utf8')).toBe(`${head},requestBody,responseBody\r\n`)
})

test.each(formats)('a %s file has the columns that were chosen, in their order', async (format) => {
  const columns: ExportColumn[] = ['costUsd', 'timestamp', 'id']
  for (const bodies of [false, true]) {
    const path = await save({ format, columns, bodies, ids: shown.slice(0, 20).map(({ id }) => id) })
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const reader = { csv: 'read_csv', json: 'read_json', jsonl: 'read_json', parquet: 'read_parquet' }[format]
    const answer = await connection.run(`SELECT * FROM ${reader}('${path}')`)
    expect(answer.columnNames()).toEqual([...columns, ...(bodies ? ['requestBody', 'responseBody'] : [])])
    const found = await answer.getRowObjectsJS()
    expect(found.map(({ id }) => id)).toEqual(shown.slice(0, 20).map(({ id }) => id))
    connection.closeSync()
    instance.closeSync()
  }
})

test.each(formats)(
  'a %s file is without what was to be taken out, in previews and bodies, and says how much',
  async (format) => {
    const [first, second] = [shown[0]!.id, shown[1]!.id]
    const secret = 'sk-ant-0123456789abcdefghij'
    readBodies = async (id) => ({
      request: `{"n":12345678901234567890,"messages":[{"role":"user","content":"ada@example.com, ${id === first ? secret : 'x'}"}]}`,
      response: JSON.stringify({ password: 'hunter-22', text: 'own-77' }),
    })
    const input = {
      ...window,
      format,
      bodies: true,
      ids: [first, second],
      redaction: { secrets: true, mail: true, homePaths: true, patterns: ['own-\\d+'] },
    }
    const made = await exports.make(input, undefined)
    const plan = await exports.api.plan(input, { signal: undefined })
    readBodies = null
    expect(made.textsRemoved).toBe(7)
    expect(plan.redacted).toMatchObject({ rows: 2, removedTotal: 7 })
    expect(plan.redacted?.removed).toContainEqual({ kind: 'mail', text: 'ada@example.com', count: 2 })
    const path = join(folder.path, `${made.id}.${format}`)
    await writeFile(path, (await exports.fetch(made.id))!.content)
    const found =
      format === 'json' || format === 'jsonl'
        ? await readFile(path, 'utf8')
        : JSON.stringify(await readBack(path, format))
    for (const gone of [secret, 'ada@example.com', 'hunter-22', 'own-77']) expect(found).not.toContain(gone)
    expect(found.match(/mail address removed/g)).toHaveLength(2)
    expect(found).toContain('12345678901234567890')
  },
)

test('rows alone are without what was to be taken out of their previews', async () => {
  const { id } = shown[7]!
  await running.replica.keepPreviews(new Map([[id, 'write to ada@example.com']]))
  const redaction = { secrets: true, mail: true, homePaths: true, patterns: [] }
  const [line] = (await readFile(await save({ format: 'jsonl', ids: [id], redaction }), 'utf8')).trim().split('\n')
  expect(JSON.parse(line!)).toMatchObject({ id, preview: 'write to [mail address removed]' })
  expect(JSON.parse(line!)).not.toHaveProperty('requestBody')
})

test('the plan says how many rows there will be and how many bodies are kept', async () => {
  const { replica, source } = running
  await replica.keepBodies(shown[5]!.id, (await source.readBodies(shown[5]!.id))!)
  const ask = (input: Partial<ExportInput>) =>
    exports.api.plan({ format: 'csv', bodies: true, ...window, ...input }, { signal: undefined })
  expect(await ask({})).toMatchObject({ rows, bodiesKept: 1 })
  expect(await ask({ ids: [shown[6]!.id] })).toMatchObject({ rows: 1, bodiesKept: 0 })
})

test('without the database kept bodies are there and the others are counted as missing, after one try', async () => {
  let tries = 0
  readBodies = async () => {
    tries++
    throw new Failure('database-unreachable')
  }
  const made = await exports.make({ ...window, format: 'jsonl', bodies: true }, undefined)
  readBodies = null
  expect(tries).toBe(1)
  expect(made.bodiesMissing).toBe(rows - 1)
  const lines = (await text((await exports.fetch(made.id))!.content)).trimEnd().split('\n')
  expect(lines.filter((line) => (JSON.parse(line) as { requestBody: unknown }).requestBody !== null)).toHaveLength(1)
})

test('who stops listening, cancels or fails leaves no file behind; a file is there once and for its user alone', async () => {
  const controller = new AbortController()
  readBodies = async () => {
    controller.abort()
    return null
  }
  const cancelled = exports.make({ ...window, format: 'csv', bodies: true }, controller.signal)
  await expect(cancelled).rejects.toMatchObject({ code: 'query-cancelled' })
  readBodies = async () => {
    throw new Error('a bug')
  }
  await expect(exports.make({ ...window, format: 'csv', bodies: true }, undefined)).rejects.toThrow('a bug')
  readBodies = null
  const events: ExportEvent[] = []
  const input = { ...window, format: 'json', bodies: true } as const
  for await (const event of await exports.api.run(input, { signal: undefined })) {
    events.push(event)
    break
  }
  expect(events[0]).toMatchObject({ type: 'progress', doneRows: 0, totalRows: rows })
  await expect.poll(() => readdir(directory)).toEqual([])

  const made = await exports.make({ ...window, format: 'csv' }, undefined)
  expect((await stat(join(directory, made.id))).mode & 0o777).toBe(0o600)
  await (await exports.fetch(made.id))!.content.cancel()
  expect(await exports.fetch(made.id)).toBeNull()
  expect(await exports.fetch('../settings.json')).toBeNull()
  expect(await readdir(directory)).toEqual([])
})

test('what an earlier run left is removed, and the end of the app removes what was not fetched', async () => {
  const other = join(folder.path, 'other-exports')
  await mkdir(other)
  await writeFile(join(other, 'left'), 'half a file')
  const again = createExports({
    workspaces: { open: () => running } as unknown as Workspaces,
    directory: other,
    timeZone: () => 'UTC',
    now: Date.now,
  })
  const made = await again.make({ ...window, format: 'parquet' }, undefined)
  expect(await readdir(other)).toEqual([made.id])
  await again.close()
  expect(await readdir(other)).toEqual([])
})
