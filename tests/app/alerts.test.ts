import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAlerts } from '../../src-main/app/create-alerts'
import { createAlertsApi } from '../../src-main/app/alerts-api'
import type { Webhooks } from '../../src-main/app/webhooks'
import type { Workspaces } from '../../src-main/app/workspaces'
import { alertRule, alerts as alertsSchema, type AlertRule } from '../../src-main/contract/alerts'
import { defaultNotifications, type AppNotification } from '../../src-main/contract/notifications'
import { openAlertsFile, type AlertsFile } from '../../src-main/settings/alert-files'
import type { JsonFile } from '../../src-main/settings/json-file'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { silentLog } from '../fakes/silent-log'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { isComplete, ledger, startSync, stateOf, temporaryFolder, type Running } from '../replica/replica-fixture'

/*
 * A simulated month of one database, with incidents at known hours, gone through as the app would: the replica holds
 * all of it, and `asOf` is moved along.
 */
const hourMs = 3_600_000
const minuteMs = 60_000
/** The month ends at the last whole hour. */
const endMs = Math.floor(Date.now() / hourMs) * hourMs
const startMs = endMs - 30 * 24 * hourMs
/** Hours since the start in which something is wrong. */
const spikeHour = 30 * 24 - 200
const errorHour = 30 * 24 - 120
/** In it one conversation calls the same tool again and again, with ever longer prompts. */
const runawayHour = 30 * 24 - 30
const silence = { fromHour: 30 * 24 - 60, toHour: 30 * 24 - 57 }

const noAlerts: AlertsFile = { rules: [], states: {}, notices: [], toldOnce: [] }

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: Running
let file: JsonFile<AlertsFile>

beforeAll(async () => {
  postgres = await startTestPostgres()
  folder = await temporaryFolder()
  const url = await postgres.createDatabase('alerts', briefTable)
  // Ten requests an hour, evenly; a hundred in the spike; eight of ten failed in the bad hour; none in the silence.
  await runSql(
    url,
    `INSERT INTO requests
     SELECT gen_random_uuid(), to_timestamp($1::float8 / 1000) + hour * interval '1 hour' + n * interval '1 hour' / total + interval '1 second',
       'acme.com', 'claude-opus-4-5-20251101', 100, 100, '{"messages":[]}',
       CASE WHEN hour = ${errorHour} AND n < 8 THEN '{"type":"error","error":{"type":"api_error","message":"x"}}'::jsonb
         ELSE '{"type":"message","content":[],"usage":{"input_tokens":100,"output_tokens":100}}'::jsonb END,
       1000, true, 'inference'
     FROM generate_series(0, ${30 * 24 - 1}) AS hour,
       LATERAL (SELECT CASE WHEN hour = ${spikeHour} THEN 100 ELSE 10 END AS total) AS size,
       LATERAL generate_series(0, total - 1) AS n
     WHERE hour NOT BETWEEN ${silence.fromHour} AND ${silence.toHour - 1}`,
    [startMs],
  )
  // Five turns, ten minutes apart: the last has called five times, and its prompt is 190,000 of 200,000 tokens.
  await runSql(
    url,
    `INSERT INTO requests
     SELECT gen_random_uuid(), to_timestamp($1::float8 / 1000) + ${runawayHour} * interval '1 hour' + turn * interval '10 minutes',
       'runaway.io', 'claude-opus-4-5-20251101', turn * 38000, 10, jsonb_build_object('messages',
         jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Go on until it works.')) || (
           SELECT jsonb_agg(message ORDER BY n, place) FROM generate_series(1, turn) AS n, LATERAL (VALUES
             (1, jsonb_build_object('role', 'assistant', 'content', jsonb_build_array(jsonb_build_object(
               'type', 'tool_use', 'id', 'toolu_' || n, 'name', 'Bash', 'input', jsonb_build_object('command', 'make'))))),
             (2, jsonb_build_object('role', 'user', 'content', jsonb_build_array(jsonb_build_object(
               'type', 'tool_result', 'tool_use_id', 'toolu_' || n, 'content', 'failed'))))) AS pair (place, message))),
       jsonb_build_object('type', 'message', 'role', 'assistant', 'content', jsonb_build_array(jsonb_build_object('type', 'text', 'text', 'Once more.')),
         'stop_reason', 'end_turn', 'usage', jsonb_build_object('input_tokens', turn * 38000, 'output_tokens', 10)),
       1000, true, 'inference'
     FROM generate_series(1, 5) AS turn`,
    [startMs],
  )
  running = await startSync(folder.path, url)
  await stateOf(running.sync, isComplete)
  file = await openAlertsFile({ directory: join(folder.path, 'alerts'), sourceKey: 'test', log: silentLog })
})

afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})

function ruleOf(change: Partial<AlertRule>): AlertRule {
  return alertRule.parse({
    id: randomUUID(),
    name: 'A rule',
    isOn: true,
    q: '',
    figure: 'requests',
    windowMinutes: 60,
    condition: { kind: 'above', value: 50 },
    forMinutes: 0,
    coolDownMinutes: 0,
    webhookIds: [],
    ...change,
  })
}

/** The engine at a moment of the month. A new one is what a restart makes. */
function engineAt(moment: { asOfMs: number }, sent: string[] = [], webhooks: Partial<Webhooks> = {}) {
  const shown: AppNotification[] = []
  const workspace = {
    ...running,
    alerts: file,
    replica: { ...running.replica, asOf: () => new Date(moment.asOfMs).toISOString() },
  }
  const watch = createAlerts({
    workspaces: {
      open: () => workspace,
      onEvent: () => () => undefined,
      announceAlerts: () => undefined,
      announceNews: ({ notifications }: { notifications: AppNotification[] }) => shown.push(...notifications),
    } as unknown as Workspaces,
    webhooks: {
      name: (id: string) => `hook ${id}`,
      send: async (id: string, { sentence }: { sentence: string }) => void sent.push(`${id}: ${sentence}`),
      ...webhooks,
    } as Webhooks,
    notifications: () => defaultNotifications,
    contextWindowOf: (model) => ledger.describe(model)?.contextWindowTokens ?? null,
    timeZone: () => 'UTC',
    now: () => moment.asOfMs,
    log: silentLog,
  })
  return { watch, shown, api: createAlertsApi(watch, () => moment.asOfMs) }
}

const noSignal = { signal: undefined }
const atHour = (hour: number): number => startMs + hour * hourMs

/** Walks through some hours with looks five minutes apart; gives the hours at which something was said. */
async function walk(rule: AlertRule, fromHour: number, toHour: number): Promise<string[]> {
  await file.write({ ...noAlerts, rules: [rule] })
  const moment = { asOfMs: atHour(fromHour) }
  const { watch, shown } = engineAt(moment)
  for (; moment.asOfMs <= atHour(toHour); moment.asOfMs += 5 * minuteMs) await watch.look()
  await watch.close()
  return shown.map(({ body }) => body)
}

describe('each incident is found once', () => {
  test('a spike of requests', async () => {
    const said = await walk(ruleOf({}), spikeHour - 3, spikeHour + 4)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^\d+ requests within an hour; the limit is 50 requests\.$/)
    const [notice] = file.value().notices
    expect(notice!.clearedAt).not.toBeNull()
    expect(Date.parse(notice!.firedAt)).toBeGreaterThan(atHour(spikeHour))
    expect(Date.parse(notice!.clearedAt!)).toBeLessThanOrEqual(atHour(spikeHour + 2))
  })
  test('an hour of failures', async () => {
    const rule = ruleOf({ figure: 'errorShare', condition: { kind: 'above', value: 0.5 } })
    expect(await walk(rule, errorHour - 3, errorHour + 4)).toHaveLength(1)
  })
  test('a time without any request', async () => {
    const rule = ruleOf({ windowMinutes: 30, condition: { kind: 'absence' } })
    expect(await walk(rule, silence.fromHour - 2, silence.toHour + 2)).toEqual(['No request for 30 minutes.'])
  })
  test('a break of the rhythm', async () => {
    const said = await walk(ruleOf({ condition: { kind: 'anomaly' } }), spikeHour - 3, spikeHour + 4)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('times its usual')
  })
  test('a rise against the time before, and a cost', async () => {
    const rise = ruleOf({ condition: { kind: 'change', direction: 'up', percent: 200 } })
    expect(await walk(rise, spikeHour - 3, spikeHour + 4)).toHaveLength(1)
    const cost = ruleOf({ figure: 'costUsd', q: 'domain:acme.com', condition: { kind: 'above', value: 0.1 } })
    expect(await walk(cost, spikeHour - 3, spikeHour + 4)).toHaveLength(1)
  })
})

describe('a runaway is found once', () => {
  const q = 'domain:runaway.io'
  const span = { fromMs: startMs + runawayHour * hourMs, toMs: startMs + (runawayHour + 1) * hourMs }
  beforeAll(() =>
    eventually(async () => {
      const window = { ...span, domain: 'runaway.io' }
      const { requests, callsUnread } = await running.replica.peaks({ window, bucketStarts: [span.fromMs] })
      expect([requests, callsUnread]).toEqual([5, 0])
    }),
  )
  test.each([
    ['repeatedCalls', 3, /^4 times the same tool call in one conversation within 30 minutes; the limit is 3 times\.$/],
    ['contextShare', 0.9, /^95% of its model’s context window was filled by a prompt within 30 minutes/],
  ] as const)('%s above %d', async (figure, value, sentence) => {
    const rule = ruleOf({ q, figure, windowMinutes: 30, condition: { kind: 'above', value } })
    const said = await walk(rule, runawayHour - 2, runawayHour + 3)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(sentence)
    expect(file.value().notices[0]!.clearedAt).not.toBeNull()

    const { api, watch } = engineAt({ asOfMs: atHour(runawayHour + 3) })
    const tried = await api.tryOut({ rule, days: 7 }, noSignal)
    expect(tried.fired).toHaveLength(1)
    expect(tried.unseen).toBeNull()
    expect(
      await walk({ ...rule, condition: { kind: 'above', value: value * 2 } }, runawayHour - 2, runawayHour + 3),
    ).toEqual([])
    await watch.close()
  })
  test('cost per minute is a cost above a limit within five minutes', async () => {
    const rule = ruleOf({ q, figure: 'costUsd', windowMinutes: 5, condition: { kind: 'above', value: 0.9 } })
    expect(await walk(rule, runawayHour - 2, runawayHour + 3)).toHaveLength(1)
  })
})

test('a quiet time has no alert', async () => {
  for (const rule of [
    ruleOf({}),
    ruleOf({ figure: 'errors', condition: { kind: 'above', value: 0 } }),
    ruleOf({ windowMinutes: 15, condition: { kind: 'absence' } }),
    ruleOf({ condition: { kind: 'anomaly' } }),
    ruleOf({ condition: { kind: 'change', direction: 'down', percent: 50 } }),
  ]) {
    expect(await walk(rule, 200, 206)).toEqual([])
  }
})

const month = (): AlertRule[] => [
  ruleOf({ id: 'spike', name: 'spike' }),
  ruleOf({ id: 'errors', name: 'errors', figure: 'errorShare', condition: { kind: 'above', value: 0.5 } }),
  ruleOf({ id: 'silence', name: 'silence', q: 'domain:acme.com', windowMinutes: 30, condition: { kind: 'absence' } }),
  ruleOf({
    id: 'loop',
    name: 'loop',
    figure: 'repeatedCalls',
    windowMinutes: 30,
    condition: { kind: 'above', value: 3 },
  }),
]

test('weeks without an incident have no alert', async () => {
  const { api, watch } = engineAt({ asOfMs: atHour(spikeHour - 5) })
  const rules = [...month(), ruleOf({ name: 'anomaly', condition: { kind: 'anomaly' } })]
  for (const rule of rules) {
    const { fired } = await api.tryOut({ rule, days: 20 }, noSignal)
    expect(fired, rule.name).toEqual([])
  }
  await watch.close()
})

test('over the rest of the month, with restarts and nights asleep, each incident is found once', async () => {
  await file.write({ ...noAlerts, rules: month() })
  const moment = { asOfMs: atHour(spikeHour - 6) }
  let engine = engineAt(moment)
  for (let look = 0; moment.asOfMs < endMs; look++) {
    await engine.watch.look()
    if (look % 7 === 6) {
      await engine.watch.close()
      engine = engineAt(moment)
    }
    // Every third look comes after a night.
    moment.asOfMs = Math.min(endMs, moment.asOfMs + (look % 3 === 2 ? 14 : 1) * hourMs)
  }
  await engine.watch.look()
  await engine.watch.close()
  const { notices } = file.value()
  expect(notices.map(({ name }) => name).toReversed()).toEqual(['spike', 'errors', 'silence', 'loop'])
  expect(notices.every(({ clearedAt }) => clearedAt !== null)).toBe(true)
})

test('while the replica stands still nothing is concluded from silence, nor from time that it does not have', async () => {
  const rules = [ruleOf({ windowMinutes: 30, condition: { kind: 'absence' } })]
  await file.write({ ...noAlerts, rules })
  const unknown = engineAt({ asOfMs: startMs - 400 * 24 * hourMs })
  await unknown.watch.look()
  expect(unknown.watch.current().states[0]).toMatchObject({ phase: 'clear', value: null })
  await unknown.watch.close()

  await file.write({ ...noAlerts, rules })
  const still = engineAt({ asOfMs: atHour(100) })
  for (let look = 0; look < 5; look++) await still.watch.look()
  expect(still.watch.current().states[0]).toMatchObject({ phase: 'clear', value: 5 })
  expect([...unknown.shown, ...still.shown]).toEqual([])
  await still.watch.close()
})

test('a restart says nothing twice, and what happened in between is found afterwards and told in one word', async () => {
  const rules = [
    ruleOf({ id: 'spike', name: 'Spike' }),
    ruleOf({ id: 'silent', name: 'Silent', windowMinutes: 30, condition: { kind: 'absence' } }),
  ]
  await file.write({ ...noAlerts, rules })
  const moment = { asOfMs: atHour(spikeHour) + 50 * minuteMs }
  const before = engineAt(moment)
  await before.watch.look()
  expect(before.shown.map(({ title }) => title)).toEqual(['Spike'])
  await before.watch.close()

  moment.asOfMs += 5 * minuteMs
  const restarted = engineAt(moment)
  await restarted.watch.look()
  expect(restarted.shown).toEqual([])
  await restarted.watch.close()

  // Asleep over the silence; and a machine that is quicker than the month of the test is asleep for six days at most.
  moment.asOfMs = atHour(silence.toHour + 20)
  const awake = engineAt(moment)
  await awake.watch.look()
  expect(awake.shown).toHaveLength(1)
  expect(awake.shown[0]).toMatchObject({ title: 'Silent', body: 'No request for 30 minutes.' })
  const { notices } = alertsSchema.parse(awake.watch.current())
  expect(notices.map(({ name, isLate, clearedAt }) => [name, isLate, clearedAt !== null])).toEqual([
    ['Silent', true, true],
    ['Spike', false, true],
  ])
  await awake.watch.look()
  expect(awake.shown).toHaveLength(1)
  await awake.watch.close()
})

test('a try over the past finds the same, and keeps nothing', async () => {
  await file.write(noAlerts)
  const { api, watch } = engineAt({ asOfMs: endMs })
  const rule = ruleOf({})
  const found = await api.tryOut({ rule, days: 30 }, noSignal)
  expect(found.fired).toHaveLength(1)
  expect(found.points.length).toBeGreaterThan(100)
  expect(file.value()).toEqual(noAlerts)
  await expect(api.tryOut({ rule: ruleOf({ q: 'tokens:>' }), days: 1 }, noSignal)).rejects.toMatchObject({
    code: 'invalid-input',
  })
  await watch.close()
})

test('webhooks hear of it once, a failure stands in the notice, and what was under way is sent after a restart', async () => {
  const rule = ruleOf({ webhookIds: ['good', 'bad'] })
  await file.write({ ...noAlerts, rules: [rule] })
  const moment = { asOfMs: atHour(spikeHour) + 50 * minuteMs }
  const sent: string[] = []
  let fails = true
  const send: Webhooks['send'] = async (id, { sentence }) => {
    if (id === 'bad' && fails) throw new Error('no answer')
    sent.push(`${id}: ${sentence}`)
  }
  const { watch } = engineAt(moment, sent, { send })
  await watch.look()
  await eventually(() =>
    expect(file.value().notices[0]!.deliveries.map(({ outcome }) => outcome)).toEqual(['delivered', 'failed']),
  )
  expect(sent).toHaveLength(1)
  await watch.close()

  fails = false
  const { notices, ...rest } = file.value()
  const waiting = notices.map((notice) => ({
    ...notice,
    deliveries: notice.deliveries.map((each) =>
      each.webhookId === 'bad' ? { ...each, outcome: 'waiting' as const } : each,
    ),
  }))
  await file.write({ ...rest, notices: waiting })
  const restarted = engineAt(moment, sent, { send })
  await restarted.watch.look()
  await eventually(() => expect(sent).toHaveLength(2))
  expect(sent[1]).toMatch(/^bad: /)
  await restarted.watch.close()
})

test('rules are changed, snoozed and removed, and notices acknowledged', async () => {
  const rule = ruleOf({})
  await file.write(noAlerts)
  const moment = { asOfMs: atHour(spikeHour) + 50 * minuteMs }
  const { api, watch, shown } = engineAt(moment)
  await api.save(rule, noSignal)
  await api.snooze({ ruleId: rule.id, minutes: 60 }, noSignal)
  await watch.look()
  expect(shown.length).toBeLessThanOrEqual(1)
  expect((await api.list(undefined, noSignal)).unacknowledged).toBe(1)
  expect((await api.acknowledge({}, noSignal)).unacknowledged).toBe(0)
  expect((await api.save({ ...rule, isOn: false }, noSignal)).states[0]).toMatchObject({ phase: 'off' })
  expect((await api.remove({ id: rule.id }, noSignal)).states).toEqual([])
  // Brought back it goes on where it was: nothing is said twice.
  await api.save(rule, noSignal)
  await watch.look()
  expect((await api.list(undefined, noSignal)).notices).toHaveLength(1)
  await expect(api.save(ruleOf({ q: 'colour:red' }), noSignal)).rejects.toMatchObject({ code: 'invalid-input' })
  await watch.close()
})
