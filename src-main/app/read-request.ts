import { asFailure, Failure } from '../core/failure'
import type { KeptBodies, ReplicaRow } from '../core/ports'
import type { OpenWorkspace } from './open-workspace'

/** Bodies of one request, and where they were read. */
export interface ReadBodies extends KeptBodies {
  readFrom: 'database' | 'replica'
}

/** The row of a request, also of one that was written just now. Throws `request-not-found`. */
export async function findRow(workspace: OpenWorkspace, id: string): Promise<ReplicaRow> {
  const [found] = await workspace.replica.rows([id])
  if (found) return found
  // A link can be opened before the sync has seen its row.
  await workspace.sync.lookNow([id])
  const [late] = await workspace.replica.rows([id])
  if (!late) throw new Failure('request-not-found')
  return late
}

/** Bodies from the replica where they are kept, else from the source, and then kept. Throws `body-unavailable`. */
export async function readBodies(workspace: OpenWorkspace, found: ReplicaRow): Promise<ReadBodies> {
  const { id, answered } = found.row
  const kept = await workspace.replica.keptBodies(id)
  const isWhole = kept !== null && (kept.response !== null || !answered)
  if (kept && isWhole && answered) return { ...kept, readFrom: 'replica' }
  try {
    const bodies = await workspace.source.readBodies(id)
    if (bodies === null) throw new Failure('request-not-found')
    // Not waited for: packing a large body takes longer than showing it.
    workspace.replica.keepBodies(id, bodies).catch((error: unknown) => {
      workspace.log.warn('A body could not be kept', { id, code: asFailure(error).code })
    })
    return { ...bodies, readAt: new Date().toISOString(), readFrom: 'database' }
  } catch (error) {
    const failure = asFailure(error)
    if (kept && failure.code.startsWith('database-')) return { ...kept, readFrom: 'replica' }
    if (failure.code.startsWith('database-')) throw new Failure('body-unavailable', { cause: error })
    throw error
  }
}
