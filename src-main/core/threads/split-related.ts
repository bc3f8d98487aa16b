import { createGroups } from './create-groups'
import type { ByHand } from './place-by-hand'
import type { ThreadRequest } from './thread-request'

/**
 * Splits the requests of one domain into sets between which no link can go, so that each can be joined on its own: what
 * `linkThreads` gives for the sets together is what it gives for all at once. A set holds all that begin with the same
 * message, name the same session or source conversation, repeat each other's answer, were called by one another, or
 * were joined by hand.
 */
export function splitRelated(requests: readonly ThreadRequest[], byHand: ByHand = new Map()): ThreadRequest[][] {
  const groups = createGroups(requests.length)
  const byText = createJoiner<string>(groups.join)
  const byFirst = createJoiner<number>(groups.join)
  const byAnswer = createJoiner<number>(groups.join)
  const byTask = createJoiner<number>(groups.join)
  const bySummary = createJoiner<number>(groups.join)

  for (const [item, { print, conversationId }] of requests.entries()) {
    if (print.prefixes[0]) byFirst.give(print.prefixes[0], item)
    if (print.sessionId !== null) byText.give(`session ${print.sessionId}`, item)
    if (conversationId !== null) byText.give(`source ${conversationId}`, item)
    if (print.isAnswerTelling) byAnswer.give(print.answer, item)
    if (print.summary !== 0) bySummary.give(print.summary, item)
    for (const { prompt } of print.tasks) byTask.give(prompt, item)
  }
  // Only what someone gave can be taken: "Done." in a thousand lists must not make one set of them.
  for (const [item, { print }] of requests.entries()) {
    for (const answer of print.answers) byAnswer.take(answer, item)
    bySummary.take(print.continuedSummary, item)
    byTask.take(print.firstPrompt, item)
  }

  if (byHand.size > 0) joinByHand(requests, byHand, groups.join)

  const sets = new Map<number, ThreadRequest[]>()
  for (const [item, request] of requests.entries()) {
    const group = groups.of(item)
    const set = sets.get(group)
    if (set) set.push(request)
    else sets.set(group, [request])
  }
  return [...sets.values()]
}

function joinByHand(requests: readonly ThreadRequest[], byHand: ByHand, join: (a: number, b: number) => void): void {
  const items = new Map(requests.map(({ id }, item) => [id, item]))
  for (const [id, toId] of byHand) {
    const [one, other] = [items.get(id), toId === null ? undefined : items.get(toId)]
    if (one !== undefined && other !== undefined) join(one, other)
  }
}

function createJoiner<Key>(join: (a: number, b: number) => void) {
  const first = new Map<Key, number>()
  return {
    give(key: Key, item: number): void {
      const other = first.get(key)
      if (other === undefined) first.set(key, item)
      else join(other, item)
    },
    take(key: Key, item: number): void {
      const giver = first.get(key)
      if (giver !== undefined) join(giver, item)
    },
  }
}
