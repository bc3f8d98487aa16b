import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { JsonRow } from './json-tree'
import { JsonTreeClient } from './json-tree-client'

/** Rows that are asked for at once; more than any window shows. */
const blockRows = 200

/** The tree of one JSON text, held in a worker; only the rows that were looked at are held here. */
export function useJsonTree(text: () => string) {
  let client: JsonTreeClient | null = null
  const status = ref<'loading' | 'ready' | 'no-json'>('loading')
  const rowCount = ref(0)
  const matchCount = ref(0)
  const blocks = shallowRef(new Map<number, JsonRow[]>())
  const asked = new Set<number>()
  // Grows whenever rows change their places, so that a late answer is not taken for the new order.
  let generation = 0

  function reset(count: number): void {
    generation++
    asked.clear()
    blocks.value = new Map()
    rowCount.value = count
  }

  /** Asks the worker; null when the tree was closed or exchanged meanwhile. */
  async function ask<T>(question: (tree: JsonTreeClient) => Promise<T>): Promise<T | null> {
    const asking = client
    if (!asking) return null
    try {
      const answer = await question(asking)
      return asking === client ? answer : null
    } catch (error) {
      if (asking === client) throw error
      return null
    }
  }

  async function load(): Promise<void> {
    client?.close()
    client = new JsonTreeClient()
    status.value = 'loading'
    matchCount.value = 0
    reset(0)
    try {
      const count = await ask((tree) => tree.load(text()))
      if (count === null) return
      reset(count)
      status.value = 'ready'
    } catch {
      // What is no JSON is shown as the text that it is.
      status.value = 'no-json'
    }
  }

  /** The row, or undefined until it was fetched by `need`. */
  function rowAt(index: number): JsonRow | undefined {
    return blocks.value.get(Math.floor(index / blockRows))?.[index % blockRows]
  }

  /** Fetches what is missing of a range of rows. */
  function need(start: number, end: number): void {
    for (let block = Math.floor(start / blockRows); block <= Math.floor(end / blockRows); block++) {
      if (asked.has(block)) continue
      asked.add(block)
      void fetchBlock(block)
    }
  }

  async function fetchBlock(block: number): Promise<void> {
    const askedIn = generation
    const rows = await ask((tree) => tree.slice(block * blockRows, blockRows))
    if (rows && askedIn === generation) blocks.value = new Map(blocks.value).set(block, rows)
  }

  async function refold(question: (tree: JsonTreeClient) => Promise<number>): Promise<void> {
    const count = await ask(question)
    if (count !== null) reset(count)
  }

  watch(text, () => void load(), { immediate: true })
  onScopeDispose(() => {
    client?.close()
    client = null
  })

  return {
    status,
    rowCount,
    matchCount,
    rowAt,
    need,
    toggle: (index: number) => refold((tree) => tree.toggle(index)),
    openAll: () => refold((tree) => tree.openAll()),
    closeAll: () => refold((tree) => tree.closeAll()),
    async search(query: string) {
      matchCount.value = (await ask((tree) => tree.search(query))) ?? 0
    },
    /** Unfolds the way to a match and gives its row; null when there is none. */
    async reveal(match: number): Promise<number | null> {
      const found = await ask((tree) => tree.reveal(match))
      if (!found || found.index < 0) return null
      reset(found.rowCount)
      return found.index
    },
    path: (index: number) => ask((tree) => tree.path(index)),
    valueText: (index: number) => ask((tree) => tree.text(index)),
  }
}
