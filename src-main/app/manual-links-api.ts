import { randomUUID } from 'node:crypto'
import type { ManualLink } from '../contract/manual-links'
import { Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { ReplicaThread } from '../core/ports'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { ManualLinksFile } from '../settings/manual-links-file'
import type { OpenWorkspace } from './open-workspace'
import { joinThread } from './join-thread'
import type { Workspaces } from './workspaces'

/** Of one source; a person splits and joins dozens, not thousands. */
const mostLinks = 5000

/** Splits and joins by hand, in the user's own file. Each resolves once the conversations are joined anew. */
export function createManualLinksApi(workspaces: Workspaces, file: JsonFile<ManualLinksFile>): AppApi['links'] {
  // Each builds upon what the one before has written.
  const inTurn = createTurns()

  const linksOf = ({ sourceKey }: OpenWorkspace): ManualLink[] => file.value()[sourceKey] ?? []
  const newestFirst = (workspace: OpenWorkspace): ManualLink[] => linksOf(workspace).toReversed()

  async function write(workspace: OpenWorkspace, links: ManualLink[], changed: ManualLink): Promise<void> {
    const { [workspace.sourceKey]: _, ...others } = file.value()
    await file.write(links.length === 0 ? others : { ...others, [workspace.sourceKey]: links })
    const { requestId, toRequestId } = changed
    await workspace.sync.relink(toRequestId === null ? [requestId] : [requestId, toRequestId])
  }

  async function add(workspace: OpenWorkspace, requestId: string, toRequestId: string | null): Promise<ManualLink> {
    const links = linksOf(workspace)
    if (links.length >= mostLinks) {
      throw new Failure('invalid-input', {
        message: 'No more than 5,000 splits and joins are kept. Take some back first.',
      })
    }
    const link = { id: randomUUID(), requestId, toRequestId, at: new Date().toISOString() }
    await write(workspace, [...links, link], link)
    return link
  }

  return {
    list: async () => newestFirst(workspaces.open()),
    split: ({ id }) =>
      inTurn(async () => {
        const workspace = workspaces.open()
        const { link } = await findPlace(workspace, id)
        if (link.kind === 'start') {
          throw new Failure('invalid-input', { message: 'This request begins its conversation already.' })
        }
        return add(workspace, link.id, null)
      }),
    join: ({ id, toId }) =>
      inTurn(async () => {
        const workspace = workspaces.open()
        const [one, other] = [await findPlace(workspace, id), await findPlace(workspace, toId)]
        if (one.link.conversationId === other.link.conversationId) {
          throw new Failure('invalid-input', { message: 'Both requests are in one conversation already.' })
        }
        if (one.row.domain !== other.row.domain) {
          throw new Failure('invalid-input', { message: 'Requests of different domains cannot be joined.' })
        }
        return add(workspace, one.link.id, other.link.id)
      }),
    remove: ({ id }) =>
      inTurn(async () => {
        const workspace = workspaces.open()
        const links = linksOf(workspace)
        const removed = links.find((link) => link.id === id)
        if (removed)
          await write(
            workspace,
            links.filter((link) => link !== removed),
            removed,
          )
        return newestFirst(workspace)
      }),
  }
}

/** Where a request stands. Throws `request-not-found`. */
async function findPlace(workspace: OpenWorkspace, id: string): Promise<ReplicaThread['requests'][number]> {
  const { requests } = await joinThread(workspace, id)
  const place = requests.find(({ link }) => link.id === id.toLowerCase())
  if (!place) throw new Failure('request-not-found')
  return place
}
