import { isElsewhere, isOtherSession, isSameSession } from './find-parent'
import { before, listHash, type ThreadIndex } from './thread-index'
import type { Node } from './thread-request'

/** Without a session or a common parent, only a repetition this soon is taken for a retry. */
const longestRetryMs = 10 * 60_000

/**
 * The earlier request that this one repeats: the same messages under the same system prompt, in the same place. In the
 * same place is: carrying on the same parent; or both carrying on nothing, in one session, or soon after one that got
 * no answer. Two users who begin with the same words are no retry of each other. `parent` and `parentOf` are the first
 * tries of what is carried on.
 */
export function findRetried(
  node: Node,
  index: ThreadIndex,
  parent: Node | null,
  parentOf: (node: Node) => Node | null,
): Node | null {
  const { print } = node.request
  const isLike = ({ request }: Node): boolean =>
    request.print.prefixes.length === print.prefixes.length && request.print.system === print.system
  const like = before(index.byList.get(listHash(node)), node, (other) => other).filter(isLike)
  return (
    like.find((other) => {
      if (isElsewhere(node, other)) return false
      const otherParent = parentOf(other)
      return parent === null && otherParent === null ? isRepeatedStart(node, other) : parent === otherParent
    }) ?? null
  )
}

function isRepeatedStart(node: Node, other: Node): boolean {
  if (isSameSession(node, other)) return true
  if (isOtherSession(node, other)) return false
  const isSoon = node.request.timestampMs - other.request.timestampMs <= longestRetryMs
  const { answer, prefixes } = other.request.print
  return isSoon && (answer === 0 || prefixes.length > 1)
}
