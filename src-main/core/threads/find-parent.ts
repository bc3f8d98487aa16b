import { before, listHash, pairHash, type ThreadIndex } from './thread-index'
import type { Node, Parent } from './thread-request'

/**
 * The request that this one carries on: the earlier one with the longest list that is a proper prefix of ours. Where the
 * next message is of the assistant it must be what that request was answered, unless the session or the source says
 * that both belong together: two users may begin with the same words. When earlier messages were changed on the way,
 * the request whose answer we repeat later than that prefix is the better parent. A list that begins with a summary
 * carries on the request that wrote it. Null when nothing fits.
 */
export function findParent(node: Node, index: ThreadIndex): Parent | null {
  const { prefixes, answers } = node.request.print
  for (let length = prefixes.length - 1; length >= 1; length--) {
    const parent = findByPrefix(node, index, length, answers[length] ?? 0)
    if (parent) return findByAnswer(node, index, length + 1) ?? parent
  }
  return findBySummary(node, index) ?? findByAnswer(node, index, 0)
}

function findByPrefix(node: Node, index: ThreadIndex, length: number, next: number): Parent | null {
  const prefix = node.request.print.prefixes[length - 1] ?? 0
  if (!index.byList.has(prefix)) return null
  const isSameList = (other: Node): boolean =>
    listHash(other) === prefix && other.request.print.prefixes.length === length
  if (next !== 0) {
    const answered = before(index.byListAndAnswer.get(pairHash(prefix, next)), node, self)
      .filter((other) => isSameList(other) && !isElsewhere(node, other))
      .toSorted(bySession(node))[0]
    if (answered) {
      const isSure = answered.request.print.isAnswerTelling || length > 1 || isSameSession(node, answered)
      return toParent(answered, 'answer-continued', isSure ? 'high' : 'medium')
    }
  }
  const others = before(index.byList.get(prefix), node, self).filter(
    (other) => isSameList(other) && !isElsewhere(node, other),
  )
  const ofSession = others.find((other) => isSameSession(node, other))
  if (ofSession) return toParent(ofSession, 'messages-continued', 'medium')
  // Without a session only a request whose own answer does not speak against it can be the one.
  const open = others.filter(
    (other) => !isOtherSession(node, other) && (next === 0 || other.request.print.answer === 0),
  )
  const [newest, another] = open
  if (!newest || (length === 1 && another)) return null
  return toParent(newest, 'messages-continued', length > 1 ? 'medium' : 'low')
}

/** The request whose telling answer stands in our list, latest first, at `from` or later. */
function findByAnswer(node: Node, index: ThreadIndex, from: number): Parent | null {
  const { answers } = node.request.print
  for (let i = answers.length - 1; i >= from; i--) {
    const answer = answers[i] ?? 0
    if (answer === 0) continue
    const found = before(index.byAnswer.get(answer), node, self)
      .filter((other) => !isElsewhere(node, other) && !isOtherSession(node, other))
      .toSorted(bySession(node))[0]
    if (found) return toParent(found, 'answer-repeated', isSameSession(node, found) ? 'high' : 'medium')
  }
  return null
}

function findBySummary(node: Node, index: ThreadIndex): Parent | null {
  const { continuedSummary } = node.request.print
  if (continuedSummary === 0) return null
  const found = before(index.bySummary.get(continuedSummary), node, self).find((other) => !isElsewhere(node, other))
  return found ? toParent(found, 'summary-continued', 'high') : null
}

function self(node: Node): Node {
  return node
}

function toParent(node: Node, reason: Parent['reason'], confidence: Parent['confidence']): Parent {
  return { node, reason, confidence, toolUseId: null, isCaller: false }
}

/** Those of our session first, else as they stand: newest first. */
function bySession(node: Node): (a: Node, b: Node) => number {
  return (a, b) => Number(isSameSession(node, b)) - Number(isSameSession(node, a))
}

export function isSameSession(a: Node, b: Node): boolean {
  const session = a.request.print.sessionId
  return session !== null && session === b.request.print.sessionId
}

export function isOtherSession(a: Node, b: Node): boolean {
  const [one, other] = [a.request.print.sessionId, b.request.print.sessionId]
  return one !== null && other !== null && one !== other
}

/** True where the source itself keeps the two apart. */
export function isElsewhere(a: Node, b: Node): boolean {
  const [one, other] = [a.request.conversationId, b.request.conversationId]
  return one !== null && other !== null && one !== other
}
