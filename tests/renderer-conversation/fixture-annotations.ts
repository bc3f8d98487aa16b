import type { Annotation } from '../../src-main/contract/annotations'
import type { Thread } from '../../src-main/contract/threads'
import { targetKey, withChange, without } from '../../src-main/core/annotations/annotation-list'
import type { AppApi } from '../../src-main/rpc/app-api'

/** Annotations in memory, by the product's own rules. */
export function createFixtureAnnotations(threads: readonly Thread[], onChange: () => void): AppApi['annotations'] {
  let all: Annotation[] = []
  const find = (key: string) => all.find(({ target }) => targetKey(target) === key) ?? null
  const conversationOf = (id: string) =>
    threads.find(({ requests }) => requests.some(({ row }) => row.id === id))?.conversationId ?? null
  return {
    list: async () => all.map((each) => ({ ...each, conversationId: conversationOf(each.target.requestId) })),
    set: async (change) => {
      all = withChange(all, change, new Date().toISOString())
      onChange()
      return find(targetKey(change.target))
    },
    setAll: async (changes) => {
      const former = changes.map(({ target }) => find(targetKey(target)))
      for (const change of changes) all = withChange(all, change, new Date().toISOString())
      onChange()
      return former
    },
    remove: async ({ target }) => {
      const former = find(targetKey(target))
      all = without(all, target)
      onChange()
      return former
    },
  }
}
