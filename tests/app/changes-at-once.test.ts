import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SecretStore } from '../../src-main/core/ports'
import { createConnectionsApi } from '../../src-main/app/connections-api'
import { createFileLog } from '../../src-main/app/file-log'
import { openUserFiles } from '../../src-main/app/open-user-files'
import { createSettingsApi } from '../../src-main/app/settings-api'
import { createWebhooks } from '../../src-main/app/webhooks'
import { silentLog } from '../fakes/silent-log'

/** What the user changes twice at the same time, by two windows or two calls: neither change may be lost. */
const many = 50
const noSignal = { signal: undefined }
let folder: string
let files: Awaited<ReturnType<typeof openUserFiles>>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-changes-'))
  files = await openUserFiles(folder, silentLog)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Answers later than asked, as a keychain does, and not in order. */
function slowSecrets(): SecretStore & { values: Map<string, string> } {
  const values = new Map<string, string>()
  let asked = 0
  const later = async () => {
    for (let turns = (asked++ * 7) % 11; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    kind: 'in-memory',
    reason: null,
    values,
    get: async (account) => (await later(), values.get(account) ?? null),
    set: async (account, value) => (await later(), void values.set(account, value)),
    delete: async (account) => (await later(), void values.delete(account)),
  }
}

const onDisk = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
const numbers = Array.from({ length: many }, (_, number) => number)

test('fifty webhooks that are saved at once are all there, each with its own address and secret', async () => {
  const secrets = slowSecrets()
  const { api } = createWebhooks({ file: files.savedWebhooks, secrets, log: silentLog })
  await Promise.all(
    numbers.map((number) =>
      api.save(
        {
          name: `Hook ${number}`,
          url: `https://hooks.example/${number}`,
          secret: `secret ${number}`,
          format: 'json',
          allowsPrivate: false,
        },
        noSignal,
      ),
    ),
  )
  const saved = await api.list(undefined, noSignal)
  expect(saved.map(({ name }) => name).toSorted()).toEqual(numbers.map((number) => `Hook ${number}`).toSorted())
  expect(onDisk('webhooks')).toEqual({ webhooks: saved })
  for (const { id, name } of saved) {
    const number = name.slice('Hook '.length)
    expect(secrets.values.get(`webhook/${id}/url`)).toBe(`https://hooks.example/${number}`)
    expect(secrets.values.get(`webhook/${id}/secret`)).toBe(`secret ${number}`)
  }
  await Promise.all(saved.filter((_, at) => at % 2 === 0).map(({ id }) => api.remove({ id }, noSignal)))
  expect(await api.list(undefined, noSignal)).toEqual(saved.filter((_, at) => at % 2 === 1))
  expect(secrets.values.size).toBe(many)
})

test('fifty changes of different settings all hold, in the order in which they were asked for', async () => {
  const applied: number[] = []
  const { api } = createSettingsApi({
    file: files.settingsFile,
    offline: {
      async apply({ newest }) {
        // The one before it is written down by now: what is made of the key goes by it.
        expect(files.settingsFile.value().offline.newest).toBe(applied.at(-1) ?? first.newest)
        await new Promise((resolve) => setImmediate(resolve))
        applied.push(newest)
      },
    },
    workspaces: { current: () => null, reopen: async () => undefined },
  })
  const first = files.settingsFile.value().offline
  const zones = ['Europe/Berlin', 'Asia/Kolkata', 'UTC', 'America/New_York', 'Asia/Tokyo']
  await Promise.all(
    numbers.map((number) =>
      number % 2 === 0
        ? api.update({ offline: { ...first, newest: number + 1 } }, noSignal)
        : api.update(number % 4 === 1 ? { timeZone: zones[number % 5]! } : { retentionDays: 30 + number }, noSignal),
    ),
  )
  const saved = await api.get(undefined, noSignal)
  expect(saved).toMatchObject({ offline: { newest: 49 }, timeZone: zones[49 % 5], retentionDays: 77 })
  expect(onDisk('settings')).toEqual(saved)
  expect(applied).toEqual(numbers.filter((number) => number % 2 === 0).map((number) => number + 1))
})

test('fifty connections that are saved at once are all there', async () => {
  const { list, save } = createConnectionsApi({
    workspaces: {} as never,
    file: files.savedConnections,
    secrets: slowSecrets(),
    canManage: true,
    log: createFileLog({ directory: folder }),
  })
  await Promise.all(
    numbers.map((number) =>
      save(
        {
          name: `Proxy ${number}`,
          colour: 'teal',
          databaseUrl: `postgresql://reader:p${number}@db.example/proxy${number}`,
        },
        noSignal,
      ),
    ),
  )
  const saved = await list(undefined, noSignal)
  expect(saved.map(({ name }) => name).toSorted()).toEqual(numbers.map((number) => `Proxy ${number}`).toSorted())
  expect(saved.every(({ hasPassword }) => hasPassword)).toBe(true)
})
