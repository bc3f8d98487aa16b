import { createGroups } from './create-groups'
import type { ByHand } from './place-by-hand'
import type { ThreadRequest } from './thread-request'

/** Requests of one domain, in sets between which no link can go. */
export interface RelatedSets {
  readonly size: number
  /** Takes a request in, or in again with what is now known of it. */
  put(request: ThreadRequest): void
  /** Forgets requests that are gone. What they held together stays in one set, which does no harm. */
  remove(ids: readonly string[]): void
  joinByHand(byHand: ByHand): void
  /** The set of a request, in no order; none where it is not here. */
  setOf(id: string): ThreadRequest[]
  all(): ThreadRequest[][]
}

/**
 * Keeps requests in sets, each of which can be joined on its own: what `linkThreads` gives for the sets together is what
 * it gives for all at once. A set holds all that begin with the same message, name the same session or source
 * conversation, repeat each other's answer, were called by one another, or were joined by hand. Putting one request in
 * costs what that request says, however many are there.
 */
export function createRelatedSets(): RelatedSets {
  const groups = createGroups()
  const items: (ThreadRequest | null)[] = []
  const itemOf = new Map<string, number>()
  const byText = createJoiner<string>(groups)
  const byFirst = createJoiner<number>(groups)
  const byAnswer = createJoiner<number>(groups)
  const byTask = createJoiner<number>(groups)
  const bySummary = createJoiner<number>(groups)

  function relate(item: number, { id, print, conversationId, source }: ThreadRequest): void {
    if (print.prefixes[0]) byFirst.give(print.prefixes[0], item)
    if (print.sessionId !== null) byText.give(`session ${print.sessionId}`, item)
    if (conversationId !== null) byText.give(`source ${conversationId}`, item)
    byText.give(`request ${id}`, item)
    if (source?.parentId) byText.take(`request ${source.parentId}`, item)
    // Only what someone gave can be taken: "Done." in a thousand lists must not make one set of them.
    if (print.isAnswerTelling) byAnswer.give(print.answer, item)
    if (print.summary !== 0) bySummary.give(print.summary, item)
    for (const { prompt } of print.tasks) byTask.give(prompt, item)
    for (const answer of print.answers) if (answer !== 0) byAnswer.take(answer, item)
    if (print.continuedSummary !== 0) bySummary.take(print.continuedSummary, item)
    if (print.firstPrompt !== 0) byTask.take(print.firstPrompt, item)
  }

  const present = (members: readonly number[]): ThreadRequest[] => members.flatMap((item) => items[item] ?? [])

  return {
    get size() {
      return itemOf.size
    },
    put(request) {
      const item = itemOf.get(request.id) ?? groups.add()
      itemOf.set(request.id, item)
      items[item] = request
      relate(item, request)
    },
    remove(ids) {
      for (const id of ids) {
        const item = itemOf.get(id)
        if (item === undefined) continue
        items[item] = null
        itemOf.delete(id)
      }
    },
    joinByHand(byHand) {
      for (const [id, toId] of byHand) {
        const [one, other] = [itemOf.get(id), toId === null ? undefined : itemOf.get(toId)]
        if (one !== undefined && other !== undefined) groups.join(one, other)
      }
    },
    setOf(id) {
      const item = itemOf.get(id)
      return item === undefined ? [] : present(groups.members(item))
    },
    all() {
      const roots = new Set([...itemOf.values()].map(groups.of))
      return [...roots].map((root) => present(groups.members(root)))
    },
  }
}

/** Joins whoever gives a key with all who give or take it, in whatever order they come. */
function createJoiner<Key>({ join, of }: Pick<ReturnType<typeof createGroups>, 'join' | 'of'>) {
  const givers = new Map<Key, number>()
  const waiting = new Map<Key, number[]>()
  return {
    give(key: Key, item: number): void {
      const giver = givers.get(key)
      if (giver !== undefined) {
        join(giver, item)
        return
      }
      givers.set(key, item)
      for (const taker of waiting.get(key) ?? []) join(item, taker)
      waiting.delete(key)
    },
    take(key: Key, item: number): void {
      const giver = givers.get(key)
      if (giver !== undefined) {
        join(giver, item)
        return
      }
      const takers = waiting.get(key)
      // Those of one set need wait but once.
      if (takers && of(takers.at(-1) ?? item) !== of(item)) takers.push(item)
      if (!takers) waiting.set(key, [item])
    },
  }
}
