import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReports, type ReportRunner } from '../../src-main/app/create-reports'
import type { Told } from '../../src-main/app/create-alerts'
import type { OpenWorkspace } from '../../src-main/app/open-workspace'
import { createReportFolders } from '../../src-main/app/report-folders'
import { createReportsApi } from '../../src-main/app/reports-api'
import type { WebhookMessage } from '../../src-main/app/webhooks'
import { placeFile } from '../../src-main/app/write-report'
import { reportPlan, reports as reportsSchema, type ReportPlan } from '../../src-main/contract/reports'
import { Failure } from '../../src-main/core/failure'
import { openJsonFile } from '../../src-main/settings/json-file'
import { reportsFile } from '../../src-main/settings/saved-reports'
import { contentFixture } from '../core/reports/content-fixture'
import { silentLog } from '../fakes/silent-log'

/** The times of reports over a clock that is moved by hand; files, folders and restarts are real. */
const dayMs = 86_400_000
const noSignal = { signal: undefined }
let directory: string
let out: string
let nowMs: number
let asOfMs: number
let usagePending: number
let sent: WebhookMessage[]
let refusal: string | null
let told: Told[]
let cleared: string[]
let running: ReportRunner[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nexus-reports-'))
  out = join(directory, 'out')
  await mkdir(out)
  nowMs = Date.parse('2026-11-23T12:00:00Z')
  asOfMs = Infinity
  usagePending = 0
  sent = []
  told = []
  cleared = []
  running = []
  refusal = null
})
afterEach(async () => {
  for (const each of running) await each.close()
  await chmod(out, 0o700)
  await rm(directory, { recursive: true, force: true })
})

/** As after a start of the app. */
async function start(timeZone = 'UTC') {
  const path = join(directory, 'reports.json')
  const file = await openJsonFile({ path, schema: reportsFile, fallback: {}, log: silentLog })
  const workspace = {
    sourceKey: 'test',
    sync: { state: () => ({ progress: 1, usagePending }) },
    replica: { asOf: () => new Date(Math.min(nowMs, asOfMs)).toISOString() },
  } as unknown as OpenWorkspace
  const workspaces = {
    open: () => workspace,
    current: () => workspace,
    onEvent: () => () => undefined,
    announceAlerts: () => undefined,
  }
  const folders = createReportFolders({
    choose: undefined,
    chosen: { list: () => [], add: async () => undefined },
    allowedRoot: out,
  })
  const make: Parameters<typeof createReportsApi>[0]['make'] = async (_workspace, { name }, period) =>
    contentFixture({ ...period, name, timeZone })
  const common = { workspaces, folders, make, timeZone: () => timeZone, now: () => nowMs }
  const runner = createReports({
    ...common,
    file,
    webhooks: {
      name: (id) => (id === 'gone' ? null : `hook ${id}`),
      send: async (id, message) => {
        if (id === 'gone') throw new Failure('not-found', { message: 'This webhook is not here any more.' })
        if (refusal !== null) throw new Failure('webhook-failed', { message: refusal })
        sent.push(message)
      },
    },
    alerts: {
      tell: async (_workspace, each) => void told.push(each),
      clear: async (_workspace, id) => void cleared.push(id),
    },
    directory: join(directory, 'work'),
    log: silentLog,
  })
  running.push(runner)
  return { runner, api: createReportsApi({ ...common, runner }) }
}

function planOf(change: Partial<ReportPlan> = {}): ReportPlan {
  return reportPlan.parse({
    id: 'daily',
    name: 'Daily costs',
    isOn: true,
    q: '',
    schedule: { every: 'day', at: '08:00' },
    formats: ['html'],
    folder: '',
    webhookIds: [],
    ...change,
  })
}

const files = async (): Promise<string[]> => (await readdir(out)).toSorted()

test('a report is made when it is due, once, also over restarts; what was missed is made up once and marked late', async () => {
  let { runner, api } = await start()
  await api.save(planOf(), noSignal)
  await runner.look()
  expect(await files()).toEqual([])
  nowMs = Date.parse('2026-11-24T08:00:05Z')
  await runner.look()
  await runner.look()
  expect(await files()).toEqual(['daily-costs-2026-11-23.html'])
  await runner.close()
  ;({ runner, api } = await start())
  await runner.look()
  expect(await files()).toHaveLength(1)
  await runner.close()

  // Four mornings asleep.
  nowMs = Date.parse('2026-11-28T10:00:00Z')
  ;({ runner, api } = await start())
  await runner.look()
  await runner.look()
  expect(await files()).toEqual(['daily-costs-2026-11-23.html', 'daily-costs-2026-11-27.html'])
  const { runs } = reportsSchema.parse(await api.list(undefined, noSignal))
  expect(runs.map(({ dueAt, isLate, deliveries }) => [dueAt, isLate, deliveries[0]!.outcome])).toEqual([
    ['2026-11-28T08:00:00.000Z', true, 'delivered'],
    ['2026-11-24T08:00:00.000Z', false, 'delivered'],
  ])
  expect(await readFile(join(out, 'daily-costs-2026-11-27.html'), 'utf8')).toContain('late: it was due on')
})

test('it waits until its period is read to the end, and an older one that still waits is skipped', async () => {
  const { runner, api } = await start()
  asOfMs = Date.parse('2026-11-23T20:00:00Z')
  await api.save(planOf(), noSignal)
  nowMs = Date.parse('2026-11-24T08:00:05Z')
  await runner.look()
  expect(runner.current().runs[0]!.waitsFor).toContain('Waits for the database')
  nowMs += dayMs
  await runner.look()
  expect(await files()).toEqual([])
  expect(runner.current().runs.map(({ deliveries }) => deliveries[0]!.outcome)).toEqual(['waiting', 'skipped'])
  asOfMs = Infinity
  usagePending = 3
  await runner.look()
  expect(runner.current().runs[0]!.waitsFor).toContain('what it needs')
  usagePending = 0
  await runner.look()
  expect(await files()).toEqual(['daily-costs-2026-11-24.html'])
  expect(told).toEqual([])
})

test('a target that fails is tried again with growing pauses, stands in the inbox once, and is given up', async () => {
  let { runner, api } = await start()
  await api.save(planOf({ webhookIds: ['a'] }), noSignal)
  refusal = 'The address answered with 500.'
  nowMs = Date.parse('2026-11-24T08:00:05Z')
  await runner.look()
  await runner.look()
  expect(await files()).toEqual(['daily-costs-2026-11-23.html'])
  expect(told.map(({ sentence }) => sentence)).toEqual(['hook a: The address answered with 500. It is tried again.'])
  await runner.close()

  // A restart remembers when the next try is; the folder, which has it, is left alone.
  ;({ runner, api } = await start())
  await runner.look()
  expect(runner.current().runs[0]!.deliveries[1]).toMatchObject({ tries: 1, outcome: 'waiting' })
  refusal = null
  nowMs += 61_000
  await runner.look()
  expect(sent).toHaveLength(1)
  expect(cleared).toHaveLength(1)
  expect(await files()).toHaveLength(1)

  refusal = 'No answer.'
  await api.runNow({ id: 'daily' }, noSignal)
  for (let tries = 0; tries < 8; tries++) {
    await runner.look()
    nowMs += 12 * 3_600_000 - 1000
  }
  const byHand = runner.current().runs.find(({ dueAt }) => dueAt === null)!
  expect(byHand.deliveries[1]).toMatchObject({ outcome: 'failed', tries: 6 })
  expect(told.some(({ sentence }) => sentence.endsWith('It was given up.'))).toBe(true)
})

test('the webhook gets the figures and the file, and a removed one says so', async () => {
  const { runner, api } = await start()
  await api.save(planOf({ folder: null, webhookIds: ['a', 'gone'] }), noSignal)
  await api.runNow({ id: 'daily' }, noSignal)
  await runner.look()
  const { json, sentence } = sent[0]!
  expect(sentence).toBe('$1.25 for 3 requests (1 failed) from 2026-11-22T00:00:00.000Z until 2026-11-23T00:00:00.000Z.')
  expect(json).toMatchObject({ type: 'report', isLate: false, summary: { costUsd: 1.25, requests: 3, errors: 1 } })
  const [file] = json['files'] as { name: string; base64: string }[]
  expect(file!.name).toBe('daily-costs-2026-11-22.html')
  expect(Buffer.from(file!.base64, 'base64').toString()).toContain('<!doctype html>')
  expect(runner.current().runs[0]!.deliveries[1]).toMatchObject({
    name: 'A webhook that was removed',
    detail: 'This webhook is not here any more.',
  })
})

test('a file never replaces another one, and nothing is left of one that could not be written', async () => {
  await writeFile(join(out, 'a.html'), 'mine')
  const place = (): Promise<string> =>
    placeFile(out, { name: 'a.html', format: 'html', content: Buffer.from('new') }, 'run')
  expect(await place()).toBe('a (2).html')
  expect([await place(), await place()]).toEqual(['a (3).html', 'a (4).html'])
  expect(await readFile(join(out, 'a.html'), 'utf8')).toBe('mine')
  // What a crash left in the middle of writing.
  await writeFile(join(out, '.run.html.part'), 'half')
  await place()
  expect((await files()).filter((name) => name.endsWith('.part'))).toEqual([])
  await expect(
    placeFile(join(out, 'missing'), { name: 'a.html', format: 'html', content: Buffer.from('') }, 'run'),
  ).rejects.toMatchObject({ code: 'report-failed', message: 'The folder of the report is not there.' })
})

test('plans are changed, removed and brought back, and what was due before is not missed', async () => {
  const { runner, api } = await start()
  nowMs = Date.parse('2026-11-24T12:00:00Z')
  await api.save(planOf(), noSignal)
  await runner.look()
  await api.save(planOf({ schedule: { every: 'day', at: '11:00' } }), noSignal)
  await runner.look()
  expect(await files()).toEqual([])
  expect((await api.remove({ id: 'daily' }, noSignal)).plans).toEqual([])
  await api.save(planOf(), noSignal)
  expect(runner.current().plans[0]!.nextAt).toBe('2026-11-25T08:00:00.000Z')
  await api.save(planOf({ isOn: false }), noSignal)
  expect(runner.current().plans[0]!.nextAt).toBeNull()
  nowMs += 2 * dayMs
  await runner.look()
  expect(await files()).toEqual([])
  await expect(api.save(planOf({ q: 'colour:red' }), noSignal)).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(api.runNow({ id: 'nobody' }, noSignal)).rejects.toMatchObject({ code: 'not-found' })
  expect(reportPlan.safeParse({ ...planOf(), folder: null }).success).toBe(false)
})

test('a server writes to the folder that it allows or one right in it, and to no other', async () => {
  const folders = (root: string | null) =>
    createReportFolders({
      choose: undefined,
      chosen: { list: () => [], add: async () => undefined },
      allowedRoot: root,
    })
  expect(await folders(out).open('weekly')).toBe(join(out, 'weekly'))
  await symlink(tmpdir(), join(out, 'link'))
  for (const bad of ['..', '../x', '/etc', 'a/b', 'a\\b', '.hidden', 'link', 'a\0']) {
    await expect(folders(out).open(bad), bad).rejects.toBeInstanceOf(Failure)
  }
  await expect(folders(null).open('')).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(folders(out).choose()).rejects.toMatchObject({ code: 'not-supported' })
})

test('the desktop writes to folders that its dialog gave, and to no other', async () => {
  const chosen: string[] = []
  let answer: string | null = out
  const folders = createReportFolders({
    choose: async () => answer,
    chosen: { list: () => chosen, add: async (folder) => void chosen.push(folder) },
    allowedRoot: null,
  })
  await expect(folders.open(out)).rejects.toMatchObject({ code: 'invalid-input' })
  expect(await folders.choose()).toBe(out)
  expect(await folders.open(out)).toBe(out)
  answer = null
  expect(await folders.choose()).toBeNull()
  expect(chosen).toEqual([out])
})
