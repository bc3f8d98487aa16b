import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabaseMemory, openingMode, type DatabaseMemory } from '../../src-main/replica/database-memory'
import { createSession, type Session } from '../../src-main/replica/session'
import { eventually } from '../fakes/eventually'
import { silentLog } from '../fakes/silent-log'
import { temporaryFolder } from './replica-fixture'

/** 84 MB that hardly compress. */
const rows = 12_000_000

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let instance: DuckDBInstance
let control: Session
let sessions: Session[]
let memory: DatabaseMemory | undefined

beforeEach(async () => {
  folder = await temporaryFolder()
  instance = await DuckDBInstance.create(join(folder.path, 'some.duckdb'), {
    threads: String(openingMode.threads),
    memory_limit: openingMode.memoryLimit,
  })
  control = createSession(await instance.connect())
  sessions = [createSession(await instance.connect()), createSession(await instance.connect())]
})
afterEach(async () => {
  await memory?.close()
  for (const session of sessions) await session.close()
  instance.closeSync()
  await folder.remove()
})

function ask<Row>(sql: string, session = sessions[0]!): Promise<Row[]> {
  return session.use((statements) => statements.rows<Row>(sql))
}

async function modeInForce() {
  const [mode] = await ask<{ threads: number; limit: string }>(
    `SELECT current_setting('threads')::INTEGER AS threads, current_setting('memory_limit') AS limit`,
  )
  return mode!
}

async function heldBytes(): Promise<number> {
  const [held] = await ask<{ bytes: number }>('SELECT sum(memory_usage_bytes)::DOUBLE AS bytes FROM duckdb_memory()')
  return held!.bytes
}

async function fill(): Promise<number> {
  await ask(`CREATE TABLE figure AS SELECT random() AS value FROM range(${rows})`)
  await ask('CHECKPOINT')
  const [sum] = await ask<{ value: number }>('SELECT sum(value) AS value FROM figure')
  return Math.round(sum!.value)
}

test('rows are loaded by one thread in less memory, and questions have all again after the last load, however it ended', async () => {
  memory = createDatabaseMemory({ control, sessions, log: silentLog })
  const asking = await modeInForce()
  expect(asking.threads).toBe(2)
  let end = (): void => undefined
  let first: Promise<void> | undefined
  await new Promise<void>((begun) => {
    first = memory!.whileLoading(() => {
      begun()
      return new Promise<void>((resolve) => (end = resolve))
    })
  })
  const failed = memory.whileLoading(() => Promise.reject(new Error('The source is gone')))
  await expect(failed).rejects.toThrow('The source is gone')
  const loading = await modeInForce()
  expect(loading.threads).toBe(1)
  expect(loading.limit).not.toBe(asking.limit)
  end()
  await first
  expect(await modeInForce()).toEqual(asking)
})

test('what was read is given back once nobody asks, and the limit is as before', async () => {
  const sum = await fill()
  const asking = await modeInForce()
  const before = await heldBytes()
  expect(before).toBeGreaterThan(64_000_000)
  memory = createDatabaseMemory({ control, sessions, log: silentLog, restMs: 20 })
  await eventually(async () => expect(await heldBytes()).toBeLessThan(before / 2))
  await eventually(async () => expect(await modeInForce()).toEqual(asking))
  const [again] = await ask<{ value: number }>('SELECT sum(value) AS value FROM figure')
  expect(Math.round(again!.value)).toBe(sum)
})

test('questions asked while memory is given back are all answered', async () => {
  const sum = await fill()
  // At rest after no time at all: it is given back between any two questions.
  memory = createDatabaseMemory({ control, sessions, log: silentLog, restMs: 0 })
  const sums: number[] = []
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      sessions.map((session) => ask<{ value: number }>('SELECT sum(value) AS value FROM figure', session)),
    )
    sums.push(...answers.map(([answer]) => Math.round(answer!.value)))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(new Set(sums)).toEqual(new Set([sum]))
})
