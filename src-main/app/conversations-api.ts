import type { RequestDetail } from '../contract/conversations'
import { buildRequestDetail } from '../core/bodies/request-detail'
import { asFailure, Failure } from '../core/failure'
import type { KeptBodies, ReplicaRow } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import type { OpenWorkspace } from './open-workspace'
import { createPreviewFetcher } from './preview-fetcher'
import type { Workspaces } from './workspaces'

const pageSize = 50

/** Bodies of one request, and where they were read. */
interface ReadBodies extends KeptBodies {
  readFrom: 'database' | 'replica'
}

/** Lists from the replica; bodies from the replica where they are kept, else from the source, and then kept. */
export function createConversationsApi(
  workspaces: Workspaces,
  ledger: PriceLedger,
  timeZone: () => string,
): AppApi['conversations'] {
  const previews = createPreviewFetcher(workspaces)

  async function findRow(workspace: OpenWorkspace, id: string): Promise<ReplicaRow> {
    const [found] = await workspace.replica.rows([id])
    if (found) return found
    // A link can be opened before the sync has seen its row.
    await workspace.sync.lookNow([id])
    const [late] = await workspace.replica.rows([id])
    if (!late) throw new Failure('request-not-found')
    return late
  }

  async function readBodies(workspace: OpenWorkspace, found: ReplicaRow): Promise<ReadBodies> {
    const { id, answered } = found.row
    const kept = await workspace.replica.keptBodies(id)
    const isWhole = kept !== null && (kept.response !== null || !answered)
    if (kept && isWhole && answered) return { ...kept, readFrom: 'replica' }
    try {
      const bodies = await workspace.source.readBodies(id)
      if (bodies === null) throw new Failure('request-not-found')
      await workspace.replica.keepBodies(id, bodies)
      return { ...bodies, readAt: new Date().toISOString(), readFrom: 'database' }
    } catch (error) {
      const failure = asFailure(error)
      if (kept && failure.code.startsWith('database-')) return { ...kept, readFrom: 'replica' }
      if (failure.code.startsWith('database-')) throw new Failure('body-unavailable', { cause: error })
      throw error
    }
  }

  async function read(id: string): Promise<{ detail: RequestDetail; bodies: ReadBodies }> {
    const workspace = workspaces.open()
    const found = await findRow(workspace, id)
    const bodies = await readBodies(workspace, found)
    const { readFrom, readAt } = bodies
    const detail = buildRequestDetail({ row: found.row, usage: found.usage, bodies, ledger, readFrom, readAt })
    return { detail, bodies }
  }

  return {
    async list({ errorsOnly, limit, cursor, ...scope }, { signal }) {
      const workspace = workspaces.open()
      const asOf = workspace.replica.asOf()
      const { window } = resolveWindow(scope, {
        nowMs: Date.now(),
        asOfMs: asOf === null ? null : Date.parse(asOf),
        timeZone: scope.tz ?? timeZone(),
      })
      const query = { ...window, errorsOnly: errorsOnly ?? false, limit: limit ?? pageSize, cursor }
      const page = await workspace.replica.list(query, signal)
      return { ...page, items: await previews.fill(workspace, page.items) }
    },
    async rows({ ids }) {
      const workspace = workspaces.open()
      const items = (await workspace.replica.rows(ids)).map((found) => found.row)
      return {
        asOf: workspace.replica.asOf(),
        items: await previews.fill(workspace, items),
        nextCursor: null,
        total: items.length,
      }
    },
    get: async ({ id }) => (await read(id)).detail,
    async getWithRaw({ id }) {
      const { detail, bodies } = await read(id)
      return { ...detail, raw: { request: parseStored(bodies.request), response: parseStored(bodies.response) } }
    },
    async raw({ id }) {
      const { request, response } = (await read(id)).bodies
      return { request, response }
    },
  }
}

/** Stored text as JSON, or the text itself where it is none: nothing is dropped. */
function parseStored(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
