import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPostgresListener } from '../../src-main/postgres/postgres-listener'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { briefTable, log } from './fixtures'
import { eventually } from '../fakes/eventually'

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
let server: TestPostgres
let trigger: string

beforeAll(async () => {
  server = await startTestPostgres()
  trigger = await readFile(join(import.meta.dirname, '../../resources/sql/notify-trigger.sql'), 'utf8')
})
afterAll(() => server.stop())

test('without the trigger it says so and holds no connection', async () => {
  const url = await server.createDatabase('plain', briefTable)
  const listener = createPostgresListener({ databaseUrl: url, log })
  listener.start()
  await eventually(() => expect(listener.state()).toBe('not-installed'))
  await eventually(async () => {
    expect(await runSql(server.url(), `SELECT 1 FROM pg_stat_activity WHERE datname = 'plain'`)).toEqual([])
  })
  await listener.close()
  expect(listener.state()).toBe('off')
})

test('with the trigger each written and changed row is heard, and the trigger can be installed twice', async () => {
  const url = await server.createDatabase('heard', briefTable + trigger + trigger)
  const listener = createPostgresListener({ databaseUrl: url, log })
  const heard: string[] = []
  listener.onNotify((each) => heard.push(each))
  listener.start()
  await eventually(() => expect(listener.state()).toBe('listening'))
  await runSql(url, `INSERT INTO requests (request_id, timestamp) VALUES ('${id(1)}', now()), ('${id(2)}', now())`)
  await runSql(url, `UPDATE requests SET output_tokens = 5 WHERE request_id = '${id(1)}'`)
  await eventually(() => expect(heard).toEqual([id(1), id(2), id(1)]))
  await listener.close()
})

test('a connection that is ended is said to be lost, and closing then is quick', async () => {
  const url = await server.createDatabase('ended', briefTable + trigger)
  const listener = createPostgresListener({ databaseUrl: url, log })
  const states: string[] = []
  listener.onState((state) => states.push(state))
  listener.start()
  await eventually(() => expect(listener.state()).toBe('listening'))
  await runSql(server.url(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ended'`)
  await eventually(() => expect(listener.state()).toBe('lost'))
  await listener.close()
  expect(states).toEqual(['connecting', 'listening', 'lost', 'off'])
})

test('a database that cannot be reached is lost, not an error', async () => {
  const listener = createPostgresListener({ databaseUrl: 'postgresql://u@127.0.0.1:1/d', log })
  listener.start()
  await eventually(() => expect(listener.state()).toBe('lost'))
  await listener.close()
})

test('after a sleep it listens over a new connection, and a lost one is made at a word instead of later', async () => {
  const url = await server.createDatabase('anew', briefTable + trigger)
  const listener = createPostgresListener({ databaseUrl: url, log })
  const heard: string[] = []
  listener.onNotify((each) => heard.push(each))
  listener.start()
  await eventually(() => expect(listener.state()).toBe('listening'))
  listener.retry(false)
  expect(listener.state()).toBe('listening')
  for (const breakOff of [
    () => listener.retry(true),
    async () => {
      await runSql(server.url(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'anew'`)
      await eventually(() => expect(listener.state()).toBe('lost'))
      listener.retry(false)
    },
  ]) {
    await breakOff()
    expect(listener.state()).toBe('connecting')
    // Whoever asks meanwhile starts no second one.
    listener.retry(true)
    await eventually(() => expect(listener.state()).toBe('listening'))
  }
  const connections = `SELECT 1 FROM pg_stat_activity WHERE datname = 'anew' AND application_name LIKE '%listener'`
  await eventually(async () => expect(await runSql(server.url(), connections)).toHaveLength(1))
  await runSql(url, `INSERT INTO requests (request_id, timestamp) VALUES ('${id(3)}', now())`)
  await eventually(() => expect(heard).toEqual([id(3)]))
  await listener.close()
})
