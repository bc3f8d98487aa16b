import { useQueryCache } from '@pinia/colada'
import { computed } from 'vue'
import type { Annotation, AnnotationChange, AnnotationTarget } from '../../../src-main/contract/annotations'
import { api } from '../../api/client'
import { useDataQuery } from '../../state/data-query'
import { useLive } from '../../state/live'
import { useToasts } from '../../state/toasts'

/** As many as the host takes in one call. */
const mostAtOnce = 1000

function asBefore(target: AnnotationTarget, former: Annotation | null): AnnotationChange {
  const { isPinned = false, tags = [], note = '' } = former ?? {}
  return { target, isPinned, tags, note }
}

/** Everything that is pinned, tagged and noted in the workspace, and how to change it. */
export function useAnnotations() {
  const live = useLive()
  const toasts = useToasts()
  const queryCache = useQueryCache()
  const { data } = useDataQuery('annotations', {}, (_input, signal) => api.annotations.list(undefined, { signal }))
  const all = computed(() => data.value ?? [])
  /** False while they are not known, and when they could not be read. */
  const isKnown = computed(() => data.value !== undefined)
  const tags = computed(() => [...new Set(all.value.flatMap((each) => each.tags))].toSorted())

  /** Says so where it fails. Resolves to whether it is kept. */
  async function attempt<T>(work: () => Promise<T>): Promise<{ result: T } | null> {
    try {
      const result = await work()
      // Each query holds its own failure; the change itself is kept.
      queryCache.invalidateQueries({ key: ['data', live.workspaceKey, 'annotations'] }).catch(() => undefined)
      return { result }
    } catch (failure) {
      toasts.showFailure(failure)
      return null
    }
  }

  const change = (wanted: AnnotationChange) => attempt(() => api.annotations.set(wanted))

  /** Changes it and offers the way back. */
  async function changeWithUndo(former: Annotation, wanted: Omit<AnnotationChange, 'target'>, title: string) {
    const { target, tags: formerTags, note, isPinned } = former
    if (!(await change({ target, ...wanted }))) return
    const run = (): void => void change({ target, tags: formerTags, note, isPinned })
    toasts.show(title, { action: { label: 'Undo', run } })
  }

  /** Changes several at once and offers the way back. Resolves to whether that is kept. */
  async function changeAll(wanted: readonly AnnotationChange[], title: string): Promise<boolean> {
    const undone: AnnotationChange[] = []
    for (let from = 0; from < wanted.length; from += mostAtOnce) {
      const part = wanted.slice(from, from + mostAtOnce)
      const done = await attempt(() => api.annotations.setAll(part))
      if (!done) break
      undone.push(...part.map(({ target }, index) => asBefore(target, done.result[index] ?? null)))
    }
    if (undone.length === 0) return false
    const run = (): void => {
      for (let from = 0; from < undone.length; from += mostAtOnce) {
        const part = undone.slice(from, from + mostAtOnce)
        void attempt(() => api.annotations.setAll(part))
      }
    }
    toasts.show(title, { action: { label: 'Undo', run } })
    return undone.length === wanted.length
  }

  async function remove(target: AnnotationTarget): Promise<void> {
    const done = await attempt(() => api.annotations.remove({ target }))
    if (!done?.result) return
    const { isPinned, tags: formerTags, note } = done.result
    const run = (): void => void change({ target, isPinned, tags: formerTags, note })
    toasts.show('Removed pin, tags and note', { action: { label: 'Undo', run } })
  }

  return { all, tags, isKnown, change, changeAll, changeWithUndo, remove }
}

export type UseAnnotations = ReturnType<typeof useAnnotations>
