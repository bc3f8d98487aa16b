import { randomUUID } from 'node:crypto'
import type { Connection, ConnectionDraft } from '../contract/workspace'
import { Failure } from '../core/failure'
import type { SecretStore } from '../core/ports'
import { parseDatabaseUrl, withoutPassword, withPassword } from '../postgres/database-url'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { ConnectionsFile, SavedConnection } from '../settings/saved-connections'
import { testConnection } from './connection-test'
import type { FileLog } from './file-log'
import type { WorkspacePlan } from './open-workspace'
import type { Workspaces } from './workspaces'

interface Secrets {
  password: string | null
  apiKey: string | null
}

/** Saved connections: what may be known stands in a file, the password and the key in the keychain. */
export function createConnectionsApi(options: {
  workspaces: Workspaces
  file: JsonFile<ConnectionsFile>
  secrets: SecretStore
  canManage: boolean
  log: FileLog
}): AppApi['connections'] & { openLast(fallback: 'sample' | 'none'): Promise<void> } {
  const { workspaces, file, secrets, log } = options

  const account = (id: string, name: keyof Secrets): string => `connection/${id}/${name}`
  async function secretsOf(id: string): Promise<Secrets> {
    const password = await secrets.get(account(id, 'password'))
    const apiKey = await secrets.get(account(id, 'apiKey'))
    log.keepOut(password)
    log.keepOut(apiKey)
    return { password, apiKey }
  }

  async function store(id: string, name: keyof Secrets, value: string | undefined): Promise<void> {
    if (value === undefined) return
    if (value === '') await secrets.delete(account(id, name))
    else await secrets.set(account(id, name), value)
  }

  async function describe(saved: SavedConnection): Promise<Connection> {
    const { password, apiKey } = await secretsOf(saved.id)
    return { ...saved, hasPassword: password !== null, hasApiKey: apiKey !== null }
  }

  function find(id: string): SavedConnection {
    const saved = file.value().connections.find((connection) => connection.id === id)
    if (!saved) throw new Failure('connection-not-found')
    return saved
  }

  function mayManage(): void {
    if (options.canManage) return
    throw new Failure('not-supported', {
      message: 'The connection of this server is set by DATABASE_URL.',
      hint: 'Change DATABASE_URL and start the server again.',
    })
  }

  async function toPlan(saved: SavedConnection): Promise<WorkspacePlan> {
    const { password, apiKey } = await secretsOf(saved.id)
    const { id, name, colour, dashboardUrl } = saved
    const databaseUrl = password === null ? saved.databaseUrl : withPassword(saved.databaseUrl, password)
    return { kind: 'connection', id, name, colour, databaseUrl, dashboardUrl, apiKey }
  }

  /** What the draft means together with what is stored for it already. */
  async function complete(draft: ConnectionDraft) {
    const parsed = parseDatabaseUrl(draft.databaseUrl)
    const stored = draft.id === undefined ? null : await secretsOf(draft.id)
    const password = parsed.password ?? stored?.password ?? null
    const databaseUrl = withoutPassword(draft.databaseUrl)
    log.keepOut(parsed.password)
    log.keepOut(draft.apiKey ?? null)
    return {
      databaseUrl,
      completeUrl: password === null ? databaseUrl : withPassword(databaseUrl, password),
      newPassword: parsed.password ?? undefined,
      dashboardUrl: readDashboardUrl(draft.dashboardUrl),
      apiKey: draft.apiKey === undefined ? (stored?.apiKey ?? null) : draft.apiKey || null,
    }
  }

  async function openById(id: string): Promise<void> {
    if (id === 'sample') await workspaces.switchToSample()
    else await workspaces.switchTo(await toPlan(find(id)))
  }

  return {
    list: async () => Promise.all(file.value().connections.map(describe)),
    async test(draft) {
      mayManage()
      const { completeUrl, dashboardUrl, apiKey } = await complete(draft)
      return testConnection({ databaseUrl: completeUrl, dashboardUrl, apiKey, secrets, log })
    },
    async save(draft) {
      mayManage()
      const { databaseUrl, dashboardUrl, newPassword } = await complete(draft)
      const id = draft.id ?? randomUUID()
      if (draft.id !== undefined) find(draft.id)
      await store(id, 'password', newPassword)
      await store(id, 'apiKey', draft.apiKey)
      const saved: SavedConnection = { id, name: draft.name, colour: draft.colour, databaseUrl, dashboardUrl }
      await file.change(({ lastOpened, connections }) => {
        const isKnown = connections.some((connection) => connection.id === id)
        return {
          lastOpened,
          connections: isKnown
            ? connections.map((connection) => (connection.id === id ? saved : connection))
            : [...connections, saved],
        }
      })
      return describe(saved)
    },
    async remove({ id }) {
      mayManage()
      find(id)
      if (workspaces.state().id === id) await workspaces.closeCurrent()
      await file.change(({ lastOpened, connections }) => ({
        lastOpened: lastOpened === id ? null : lastOpened,
        connections: connections.filter((connection) => connection.id !== id),
      }))
      await store(id, 'password', '')
      await store(id, 'apiKey', '')
      return Promise.all(file.value().connections.map(describe))
    },
    async open({ id }) {
      mayManage()
      await openById(id)
      await file.change((saved) => ({ ...saved, lastOpened: id }))
      return workspaces.state()
    },
    async openLast(fallback) {
      const { lastOpened, connections } = file.value()
      const isThere = lastOpened === 'sample' || connections.some((connection) => connection.id === lastOpened)
      if (lastOpened !== null && isThere) await openById(lastOpened)
      else if (fallback === 'sample') await workspaces.switchToSample()
    },
  }
}

function readDashboardUrl(text: string | undefined): string | null {
  if (!text) return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password) return text
  throw new Failure('feed-url-invalid')
}
