import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source } from '../../src-main/core/ports'
import { createConnectionPool } from '../../src-main/postgres/connection-pool'
import { parseDatabaseUrl } from '../../src-main/postgres/database-url'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { briefTable, log, toRows } from './fixtures'
import { eventually } from '../fakes/eventually'

const rows = 200_000
const purpose = 'a test'
const everything = { fromUs: 0, toUs: Date.UTC(2100, 0, 1) * 1000 }
let server: TestPostgres
let url: string

beforeAll(async () => {
  server = await startTestPostgres()
  url = await server.createDatabase(
    'many',
    `${briefTable}
    INSERT INTO requests (request_id, timestamp, domain, input_tokens, response_body)
      SELECT gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '1 second', 'domain ' || n % 50, n,
        CASE WHEN n % 3 > 0 THEN '{}'::jsonb END
      FROM generate_series(1, ${rows}) n;`,
  )
})
afterAll(() => server.stop())

const sessions = async (state = '%') =>
  runSql(
    server.url(),
    `SELECT pid, state, query FROM pg_stat_activity
      WHERE datname = 'many' AND application_name = 'nexus-desktop' AND state LIKE $1`,
    [state],
  )

async function withSource(work: (source: Source) => Promise<void>, databaseUrl = url): Promise<void> {
  const source = createPostgresSource({ databaseUrl, log })
  try {
    await work(source)
  } finally {
    await source.close()
  }
}

test('the session is read-only, limited in time and named, and never more than three at once', async () => {
  const pool = createConnectionPool(parseDatabaseUrl(url), log)
  const settings = `SELECT current_setting('default_transaction_read_only') AS "readOnly",
    current_setting('statement_timeout') AS timeout, current_setting('application_name') AS name, pg_sleep(0.05)`
  const answers = await Promise.all(Array.from({ length: 12 }, () => pool.rows(settings, [], { purpose })))
  for (const [answer] of answers)
    expect(answer).toMatchObject({ readOnly: 'on', timeout: '30s', name: 'nexus-desktop' })
  expect(await sessions()).toHaveLength(3)
  await expect(pool.rows('DELETE FROM requests', [], { purpose })).rejects.toMatchObject({ code: 'internal' })
  await pool.close()
})

test('a large range arrives whole, in order, in batches', async () => {
  await withSource(async (source) => {
    let count = 0
    let sum = 0
    let before = 0
    const lengths: number[] = []
    for await (const batch of source.readRange(everything)) {
      lengths.push(batch.length)
      for (let row = 0; row < batch.length; row++) {
        if (batch.timestampUs[row]! <= before) throw new Error('out of order')
        before = batch.timestampUs[row]!
        sum += batch.inputTokens.values[row]!
      }
      count += batch.length
    }
    expect(count).toBe(rows)
    expect(sum).toBe((rows * (rows + 1)) / 2)
    expect(Math.max(...lengths)).toBe(16_384)
  })
})

test('a slow reader holds the database back and loses nothing', async () => {
  await withSource(async (source) => {
    let count = 0
    for await (const batch of source.readRange(everything)) {
      count += batch.length
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(count).toBe(rows)
  })
})

describe('a reading that is given up', () => {
  test('by leaving the loop stops the database and frees the connection', async () => {
    await withSource(async (source) => {
      for (let times = 0; times < 8; times++) {
        for await (const batch of source.readRange(everything)) {
          expect(batch.length).toBeGreaterThan(0)
          break
        }
      }
      await eventually(async () => expect(await sessions('active')).toEqual([]))
      expect(await source.clockMs()).toBeGreaterThan(0)
    })
  })

  test('by its signal ends with query-cancelled', async () => {
    await withSource(async (source) => {
      for (let times = 0; times < 8; times++) {
        const abort = new AbortController()
        const reading = (async () => {
          for await (const batch of source.readRange(everything, abort.signal)) {
            if (batch.length > 0) abort.abort()
          }
        })()
        await expect(reading).rejects.toMatchObject({ code: 'query-cancelled' })
      }
      await eventually(async () => expect(await sessions('active')).toEqual([]))
      expect(await source.clockMs()).toBeGreaterThan(0)
    })
  })

  test('before it began asks nothing', async () => {
    await withSource(async (source) => {
      const aborted = AbortSignal.abort()
      await expect(source.clockMs(aborted)).rejects.toMatchObject({ code: 'query-cancelled' })
      await expect(source.readRange(everything, aborted)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'query-cancelled',
      })
    })
  })

  test('while the database works is stopped there too', async () => {
    const pool = createConnectionPool(parseDatabaseUrl(url), log)
    const abort = new AbortController()
    const asking = pool.rows('SELECT pg_sleep(60)', [], { purpose, signal: abort.signal })
    await eventually(async () => expect(await sessions('active')).toHaveLength(1))
    abort.abort()
    await expect(asking).rejects.toMatchObject({ code: 'query-cancelled' })
    await eventually(async () => expect(await sessions('active')).toEqual([]))
    await pool.close()
  })
})

test('a question that takes too long is ended by the database', async () => {
  const pool = createConnectionPool(parseDatabaseUrl(url), log)
  await expect(pool.rows('SELECT pg_sleep(60)', [], { purpose, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'database-timeout',
  })
  expect(await pool.rows('SELECT 1 AS one', [], { purpose })).toEqual([{ one: 1 }])
  await pool.close()
})

describe('a connection that is lost', () => {
  const killAll = () =>
    runSql(
      server.url(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nexus-desktop'`,
    )

  test('in the middle of a range is a failure, and the next reading works', async () => {
    await withSource(async (source) => {
      const reading = (async () => {
        for await (const batch of source.readRange(everything)) if (batch.length > 0) await killAll()
      })()
      await expect(reading).rejects.toMatchObject({ code: 'database-unreachable' })
      expect(toRows(await source.readRows([]))).toEqual([])
    })
  })

  test('while idle is replaced without a word', async () => {
    await withSource(async (source) => {
      await source.clockMs()
      await killAll()
      await eventually(async () => expect(await sessions()).toEqual([]))
      await eventually(async () => expect(await source.clockMs()).toBeGreaterThan(0))
    })
  })
})

test('closing ends what is under way instead of waiting for it', async () => {
  const source = createPostgresSource({ databaseUrl: url, log })
  const readings = Array.from({ length: 5 }, () => source.readRange(everything)[Symbol.asyncIterator]())
  const first = readings.map((reading) => reading.next())
  await Promise.race(first)
  await source.close()
  const outcomes = await Promise.allSettled([...first, ...readings.map((reading) => reading.next())])
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'query-cancelled' })
  }
  await eventually(async () => expect(await sessions()).toEqual([]))
  await expect(source.clockMs()).rejects.toMatchObject({ code: 'query-cancelled' })
})

describe('behind a pooler that takes no settings with the login', () => {
  let pooler: Server
  let poolerUrl: string
  beforeAll(async () => {
    pooler = createServer((client) => {
      client.on('error', () => undefined)
      client.once('data', (startup) => {
        if (/options\0|statement_timeout\0/.test(startup.toString('latin1'))) {
          const text = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: options\0\0')
          const head = Buffer.from([0x45, 0, 0, 0, text.length + 4])
          client.end(Buffer.concat([head, text]))
          return
        }
        const upstream = connect(Number(new URL(url).port), '127.0.0.1')
        upstream.on('error', () => client.destroy())
        client.on('close', () => upstream.destroy())
        upstream.write(startup)
        client.pipe(upstream).pipe(client)
      })
    })
    await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve))
    const target = new URL(url)
    target.port = String((pooler.address() as AddressInfo).port)
    poolerUrl = `${target.href}?sslmode=disable`
  })
  afterAll(() => pooler.close())

  test('every question is a read-only transaction of its own, and nothing sticks to the session', async () => {
    const pool = createConnectionPool(parseDatabaseUrl(poolerUrl), log)
    const inside = await pool.rows(
      `SELECT current_setting('transaction_read_only') AS "readOnly", current_setting('statement_timeout') AS timeout,
        current_setting('default_transaction_read_only') AS sticky`,
      [],
      { purpose },
    )
    expect(inside).toEqual([{ readOnly: 'on', timeout: '30s', sticky: 'off' }])
    await pool.close()
    await withSource(async (source) => {
      let count = 0
      for await (const batch of source.readRange(everything)) count += batch.length
      expect(count).toBe(rows)
      expect((await source.inspect()).table).toBe('public.requests')
    }, poolerUrl)
  })
})

test('a server that greets and ends a session in one breath fails the question and not the process', async () => {
  const message = (kind: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5)
    head.write(kind)
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
  }
  const greeting = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('Z', Buffer.from('I')),
    message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0')),
  ])
  const dying = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(greeting))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => dying.once('listening', resolve))
  const { port } = dying.address() as AddressInfo
  const pool = createConnectionPool(parseDatabaseUrl(`postgresql://a@127.0.0.1:${port}/b?sslmode=disable`), log)
  await expect(pool.rows('SELECT 1', [], { purpose })).rejects.toMatchObject({ code: 'database-unreachable' })
  await pool.close()
  dying.close()
})
