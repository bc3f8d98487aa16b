import { Failure } from '../core/failure'
import type { ReplicaThread } from '../core/ports'
import type { OpenWorkspace } from './open-workspace'
import { findRow } from './read-request'

/**
 * The conversation of a request. Where neighbours are unread, they are read while one waits, for a second or two.
 * Throws `request-not-found`.
 */
export async function joinThread(workspace: OpenWorkspace, id: string): Promise<ReplicaThread> {
  await findRow(workspace, id)
  let joined = await workspace.replica.thread(id)
  if (joined && joined.unread > 0 && workspace.state().source?.state !== 'unreachable') {
    await workspace.sync.readNear(id)
    joined = await workspace.replica.thread(id)
  }
  if (!joined) throw new Failure('request-not-found')
  return joined
}
