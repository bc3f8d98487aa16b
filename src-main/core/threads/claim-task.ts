import { isElsewhere, isOtherSession } from './find-parent'
import { before, type ThreadIndex } from './thread-index'
import type { Node, Parent } from './thread-request'

/** Longest time between a call and its sub-agent's first request. */
const longestWaitMs = 24 * 3_600_000

/**
 * The call that gave a request its first message as a sub-agent's prompt. A call begins one sub-agent: equal prompts
 * are dealt out in the order of time, oldest call first. Null when no call is left.
 */
export function claimTask(node: Node, index: ThreadIndex): Parent | null {
  const { firstPrompt } = node.request.print
  if (firstPrompt === 0) return null
  const task = before(index.byTask.get(firstPrompt), node, (item) => item.node).findLast(
    ({ isTaken, node: caller }) =>
      !isTaken &&
      !isOtherSession(node, caller) &&
      !isElsewhere(node, caller) &&
      node.request.timestampMs - caller.request.timestampMs <= longestWaitMs,
  )
  if (!task) return null
  task.isTaken = true
  return { node: task.node, reason: 'task-prompt', confidence: 'high', toolUseId: task.toolUseId, isCaller: true }
}
