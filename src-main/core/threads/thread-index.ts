import { createHash } from './create-hash'
import type { Node } from './thread-request'

/** A call that a sub-agent may have begun with. */
export interface Task {
  node: Node
  toolUseId: string
  isTaken: boolean
}

/** Requests of one domain by what can lead to them; each list in the order of time. */
export interface ThreadIndex {
  /** By their whole list of messages. */
  byList: Map<number, Node[]>
  /** By their whole list and their answer: what a next turn begins with. */
  byListAndAnswer: Map<number, Node[]>
  /** By an answer that can hardly be equal by chance. */
  byAnswer: Map<number, Node[]>
  bySummary: Map<number, Node[]>
  byTask: Map<number, Task[]>
  byId: Map<string, Node>
}

export function createIndex(nodes: readonly Node[]): ThreadIndex {
  const index: ThreadIndex = {
    byList: new Map(),
    byListAndAnswer: new Map(),
    byAnswer: new Map(),
    bySummary: new Map(),
    byTask: new Map(),
    byId: new Map(),
  }
  for (const node of nodes) {
    const { id, print } = node.request
    index.byId.set(id, node)
    const list = listHash(node)
    if (list !== 0) put(index.byList, list, node)
    if (list !== 0 && print.answer !== 0) put(index.byListAndAnswer, pairHash(list, print.answer), node)
    if (print.isAnswerTelling) put(index.byAnswer, print.answer, node)
    if (print.summary !== 0) put(index.bySummary, print.summary, node)
    for (const { toolUseId, prompt } of print.tasks) put(index.byTask, prompt, { node, toolUseId, isTaken: false })
  }
  return index
}

/** The hash of all of a request's messages; 0 for a request without any. */
export function listHash({ request }: Node): number {
  return request.print.prefixes.at(-1) ?? 0
}

export function pairHash(list: number, answer: number): number {
  return createHash().addNumber(list).addNumber(answer).value()
}

/** How many like requests are looked at, newest first: a prompt may have been sent ten thousand times. */
const mostCandidates = 100

/** The items before a request, newest first. */
export function before<T>(items: readonly T[] | undefined, node: Node, nodeOf: (item: T) => Node): T[] {
  if (items === undefined) return []
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && nodeOf(item).order < node.order) low = middle + 1
    else high = middle
  }
  return items.slice(Math.max(0, low - mostCandidates), low).reverse()
}

function put<T>(map: Map<number, T[]>, key: number, item: T): void {
  const items = map.get(key)
  if (items) items.push(item)
  else map.set(key, [item])
}
