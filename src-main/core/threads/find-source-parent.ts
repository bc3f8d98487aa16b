import type { ThreadIndex } from './thread-index'
import type { Node, Parent } from './thread-request'

/** What the source itself says that a request carries on, or that called it; null where it says nothing that is here. */
export function findSourceParent(node: Node, index: ThreadIndex): Parent | null {
  const { source, print } = node.request
  const found = source?.parentId ? index.byId.get(source.parentId) : undefined
  if (!source || !found || found.order >= node.order) return null
  const task = found.request.print.tasks.find(({ prompt }) => prompt === print.firstPrompt)
  // A sub-agent's later turns are marked as its own by some proxies, and carry on its first.
  const isCaller = source.isSubtask && (task !== undefined || print.prefixes.length <= 1)
  return {
    node: found,
    reason: 'source-says',
    confidence: 'high',
    toolUseId: isCaller ? (task?.toolUseId ?? null) : null,
    isCaller,
  }
}
