import { useQueryCache } from '@pinia/colada'
import { computed } from 'vue'
import type { Annotation, AnnotationChange, AnnotationTarget } from '../../../src-main/contract/annotations'
import { api } from '../../api/client'
import { useDataQuery } from '../../state/data-query'
import { useLive } from '../../state/live'
import { useToasts } from '../../state/toasts'

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

  async function remove(target: AnnotationTarget): Promise<void> {
    const done = await attempt(() => api.annotations.remove({ target }))
    if (!done?.result) return
    const { isPinned, tags: formerTags, note } = done.result
    const run = (): void => void change({ target, isPinned, tags: formerTags, note })
    toasts.show('Removed pin, tags and note', { action: { label: 'Undo', run } })
  }

  return { all, tags, isKnown, change, changeWithUndo, remove }
}

export type UseAnnotations = ReturnType<typeof useAnnotations>
