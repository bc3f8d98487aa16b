import type { RequestDetail } from '../contract/conversations'
import type { BodyWork } from '../core/bodies/body-work'
import { buildMessagePage, buildRequestDetail } from '../core/bodies/request-detail'
import { Failure } from '../core/failure'
import type { PriceLedger } from '../core/pricing/create-ledger'
import type { Remote } from '../core/remote-work'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import { createPreviewFetcher } from './preview-fetcher'
import { findRow, readBodies, type ReadBodies } from './read-request'
import { createThreadsApi } from './threads-api'
import type { Workspaces } from './workspaces'

const pageSize = 50

/** Lists from the replica; bodies from the replica where they are kept, else from the source, and then kept. */
export function createConversationsApi(
  workspaces: Workspaces,
  ledger: PriceLedger,
  reading: Remote<BodyWork>,
  timeZone: () => string,
): AppApi['conversations'] {
  const previews = createPreviewFetcher(workspaces)

  async function read(id: string, characters?: number): Promise<{ detail: RequestDetail; bodies: ReadBodies }> {
    const workspace = workspaces.open()
    const found = await findRow(workspace, id)
    const bodies = await readBodies(workspace, found)
    const { request, response, readFrom, readAt } = bodies
    const opened = await reading.open(id, { request, response }, characters === undefined ? {} : { characters })
    return { detail: buildRequestDetail({ ...found, opened, ledger, readFrom, readAt }), bodies }
  }

  return {
    ...createThreadsApi(workspaces, ledger, reading),
    async list({ errorsOnly, sort, order, limit, cursor, ...scope }, { signal }) {
      const workspace = workspaces.open()
      const asOf = workspace.replica.asOf()
      const { window } = resolveWindow(scope, {
        nowMs: Date.now(),
        asOfMs: asOf === null ? null : Date.parse(asOf),
        timeZone: scope.tz ?? timeZone(),
      })
      const page = await workspace.replica.list(
        {
          ...window,
          errorsOnly: errorsOnly ?? false,
          sort: { by: sort ?? 'time', order: order ?? 'desc' },
          limit: limit ?? pageSize,
          cursor,
        },
        signal,
      )
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
    get: async ({ id, characters }) => (await read(id, characters)).detail,
    async messages({ id, before, characters }) {
      const workspace = workspaces.open()
      const found = await findRow(workspace, id)
      const want = { before, characters }
      let opened = await reading.turnBack(id, want)
      if (!opened) {
        const { request, response } = await readBodies(workspace, found)
        opened = await reading.turnBack(id, want, { request, response })
      }
      if (!opened) throw new Failure('request-not-found')
      return buildMessagePage({ ...found, opened })
    },
    async getWithRaw({ id }) {
      const { detail, bodies } = await read(id)
      return { ...detail, raw: { request: parseStored(bodies.request), response: parseStored(bodies.response) } }
    },
    async raw({ id }) {
      const workspace = workspaces.open()
      const { request, response } = await readBodies(workspace, await findRow(workspace, id))
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
