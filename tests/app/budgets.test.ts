import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noteBudgets } from '../../src-main/app/budget-inbox'
import { announceBudgets } from '../../src-main/app/budget-notifier'
import { createBudgetsApi } from '../../src-main/app/budgets-api'
import { createAlerts } from '../../src-main/app/create-alerts'
import type { Webhooks } from '../../src-main/app/webhooks'
import type { Workspaces } from '../../src-main/app/workspaces'
import type { Budget } from '../../src-main/contract/budgets'
import { defaultNotifications, type AppNotification } from '../../src-main/contract/notifications'
import type { AppEvent } from '../../src-main/contract/workspace'
import { openAlertsFile } from '../../src-main/settings/alert-files'
import { openJsonFile } from '../../src-main/settings/json-file'
import { budgetsFile, noBudgets } from '../../src-main/settings/saved-budgets'
import { eventually } from '../fakes/eventually'
import { silentLog } from '../fakes/silent-log'

/** Budgets over a replica that says what is told it; the file is real, so that restarts are. */
let directory: string
let spentUsd = 0
let nowMs = Date.UTC(2026, 10, 20, 12)
let listener: (event: AppEvent) => void = () => undefined
let news: AppNotification[] = []

const budget: Budget = {
  id: 'b',
  target: { kind: 'domain', key: 'acme.com' },
  monthlyUsd: 100,
  entered: null,
  webhookIds: ['hook'],
}
const noSignal = { signal: undefined }

const workspaces = {
  open: () => ({
    replica: {
      asOf: () => null,
      costCells: async (_window: unknown, starts: number[]) => [
        {
          bucket: starts.length - 1,
          domain: 'acme.com',
          model: null,
          requests: 1,
          unpricedRequests: 0,
          usagePending: 0,
          costUsd: spentUsd,
        },
      ],
    },
  }),
  onEvent(heard: typeof listener) {
    listener = heard
    return () => (listener = () => undefined)
  },
  announceNews: ({ notifications }: { notifications: AppNotification[] }) => news.push(...notifications),
} as unknown as Workspaces

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nexus-budgets-'))
  spentUsd = 0
  nowMs = Date.UTC(2026, 10, 20, 12)
  news = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** As after a start of the app. */
async function start(timeZone = 'UTC') {
  const path = join(directory, 'budgets.json')
  const file = await openJsonFile({ path, schema: budgetsFile, fallback: noBudgets, log: silentLog })
  return createBudgetsApi({
    workspaces,
    file,
    teamOf: () => null,
    timeZone: () => timeZone,
    now: () => nowMs,
    log: silentLog,
  })
}

async function stepsOf({ watch }: Awaited<ReturnType<typeof start>>): Promise<number[]> {
  return (await watch.takeCrossings()).map(({ step }) => step)
}

test('each step is told once, also over a restart and by two that ask at once', async () => {
  let budgets = await start()
  await budgets.api.save({ budgets: [budget] }, noSignal)
  expect(await stepsOf(budgets)).toEqual([])
  spentUsd = 55
  expect((await Promise.all([stepsOf(budgets), stepsOf(budgets)])).toSorted()).toEqual([[], [50]])
  budgets = await start()
  expect(await stepsOf(budgets)).toEqual([])
  spentUsd = 101
  expect(await stepsOf(budgets)).toEqual([100])
  budgets = await start()
  expect(await stepsOf(budgets)).toEqual([])
  nowMs = Date.UTC(2026, 11, 2)
  expect(await stepsOf(budgets)).toEqual([100])
})

test('a changed amount is told of anew, another budget’s change is not', async () => {
  const budgets = await start()
  const other = { ...budget, id: 'other' }
  spentUsd = 60
  await budgets.api.save({ budgets: [budget, other] }, noSignal)
  expect(await stepsOf(budgets)).toEqual([50, 50])
  await budgets.api.save({ budgets: [budget, { ...other, monthlyUsd: 70 }] }, noSignal)
  expect(await stepsOf(budgets)).toEqual([80])
})

test('a budget that is saved while a step is taken is not lost', async () => {
  const budgets = await start()
  await budgets.api.save({ budgets: [budget] }, noSignal)
  spentUsd = 60
  const other = { ...budget, id: 'other' }
  await Promise.all([budgets.api.save({ budgets: [budget, other] }, noSignal), stepsOf(budgets)])
  expect((await budgets.api.report(undefined, noSignal)).states).toHaveLength(2)
  await Promise.all([stepsOf(budgets), budgets.api.save({ budgets: [other] }, noSignal)])
  expect((await budgets.api.report(undefined, noSignal)).states).toHaveLength(1)
})

test('the month is that of the chosen zone', async () => {
  nowMs = Date.UTC(2026, 10, 30, 20)
  const budgets = await start('Pacific/Auckland')
  await budgets.api.save({ budgets: [budget] }, noSignal)
  const { states } = await budgets.api.report(undefined, noSignal)
  expect(states[0]).toMatchObject({ from: '2026-11-30T11:00:00.000Z', to: '2026-12-31T11:00:00.000Z' })
})

test('what is reached in quiet hours, or with notifications off, is told when there is room again', async () => {
  const budgets = await start()
  await budgets.api.save({ budgets: [budget] }, noSignal)
  spentUsd = 85
  let settings = { ...defaultNotifications, isOn: false }
  const looks: Promise<unknown>[] = []
  const takeCrossings = () => {
    const taking = budgets.watch.takeCrossings()
    looks.push(taking)
    return taking
  }
  const stop = announceBudgets({
    workspaces,
    watch: { ...budgets.watch, takeCrossings },
    settings: () => settings,
    timeZone: () => 'UTC',
    now: () => nowMs,
    log: silentLog,
  })
  const dataCame = async () => {
    listener({ type: 'data', asOf: new Date(nowMs).toISOString(), newIds: [], changedRows: 1 })
    await Promise.all(looks)
    // What a look found is told in the same turn that it ends in.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await dataCame()
  settings = { ...defaultNotifications, quietHours: { from: '11:00', to: '13:00' } }
  await dataCame()
  expect([news, looks]).toEqual([[], []])
  nowMs += 3_600_000
  await dataCame()
  await dataCame()
  expect(news).toMatchObject([
    { title: 'acme.com: 80% of the budget is used', body: '$85.00 of $100.00 this month', path: 'costs/budgets' },
  ])
  stop()
})

test('each step stands in the inbox once a month, also in quiet hours and over a restart, and webhooks hear of it', async () => {
  const open = async () => {
    const budgets = await start()
    const alerts = await openAlertsFile({ directory, sourceKey: 'alerts', log: silentLog })
    const workspace = { ...workspaces.open(), alerts, replica: { ...workspaces.open().replica, asOf: () => null } }
    const own = { ...workspaces, open: () => workspace, current: () => workspace, announceAlerts: () => undefined }
    const watch = createAlerts({
      workspaces: own as unknown as Workspaces,
      webhooks: {
        name: (id: string) => `hook ${id}`,
        send: async (id: string, { sentence }: { sentence: string }) => void sent.push(`${id}: ${sentence}`),
      } as unknown as Webhooks,
      notifications: () => ({ ...defaultNotifications, isOn: false }),
      contextWindowOf: () => null,
      timeZone: () => 'UTC',
      now: () => nowMs,
      log: silentLog,
    })
    const steps = noteBudgets({
      workspaces: own as unknown as Workspaces,
      watch: budgets.watch,
      alerts: watch,
      now: () => nowMs,
      log: silentLog,
    })
    const titles = (): string[] => alerts.value().notices.map(({ name }) => name)
    return { budgets, steps, titles, watch }
  }
  const sent: string[] = []
  let opened = await open()
  await opened.budgets.api.save({ budgets: [budget] }, noSignal)
  await opened.steps.look()
  spentUsd = 55
  await Promise.all([opened.steps.look(), opened.steps.look()])
  expect(opened.titles()).toEqual(['acme.com: 50% of the budget is used'])
  spentUsd = 40
  await opened.steps.look()
  spentUsd = 120
  await opened.watch.close()
  opened = await open()
  await opened.steps.look()
  expect(opened.titles()).toEqual(['acme.com: the budget is used up', 'acme.com: 50% of the budget is used'])
  nowMs = Date.UTC(2026, 11, 2)
  await opened.steps.look()
  await opened.steps.look()
  expect(opened.titles()).toHaveLength(3)
  await eventually(() => expect(sent).toHaveLength(3))
  expect(sent[0]).toBe('hook: $55.00 of $100.00 this month.')
  expect(news).toEqual([])
  await opened.watch.close()
})
