import { join } from 'node:path'
import { z } from 'zod'
import { annotation, type Annotation, type AnnotationChange } from '../contract/annotations'
import { annotatedRequests, tagKey, targetKey, withChange, without } from '../core/annotations/annotation-list'
import { Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { Annotations, Log } from '../core/ports'
import { openJsonFile } from './json-file'

/** The whole file is written at each change, and every page holds all of them. */
const mostAnnotations = 10_000

const annotationsFile = z.object({ annotations: z.array(annotation) })

/** The annotations of one database, in a file of their own: no replica that is made anew loses them. */
export async function openAnnotations(options: {
  directory: string
  /** Names the file; of letters, digits, dots, hyphens and underscores. */
  sourceKey: string
  log: Log
}): Promise<Annotations> {
  const file = await openJsonFile({
    path: join(options.directory, `${options.sourceKey}.json`),
    schema: annotationsFile,
    fallback: { annotations: [] },
    log: options.log,
  })
  const listeners = new Set<() => void>()
  const all = (): readonly Annotation[] => file.value().annotations
  // Each change begins with what the one before it left.
  const inTurn = createTurns()

  async function write(annotations: Annotation[]): Promise<void> {
    await file.write({ annotations })
    for (const listener of listeners) listener()
  }

  async function apply(changes: readonly AnnotationChange[]): Promise<void> {
    const changedAt = new Date().toISOString()
    const next = changes.reduce<readonly Annotation[]>((list, change) => withChange(list, change, changedAt), all())
    if (next.length > Math.max(mostAnnotations, all().length)) {
      throw new Failure('too-large', {
        message: `There are ${mostAnnotations} annotations in this workspace already.`,
        hint: 'Remove some that are not needed any more.',
      })
    }
    await write([...next])
  }

  const find = (key: string): Annotation | null => all().find((each) => targetKey(each.target) === key) ?? null

  return {
    all,
    pinned: () => annotatedRequests(all(), (each) => each.isPinned),
    tagged(tag) {
      const wanted = tag === undefined ? null : tagKey(tag.trim())
      return annotatedRequests(all(), ({ tags }) =>
        wanted === null ? tags.length > 0 : tags.some((each) => tagKey(each) === wanted),
      )
    },
    noted(words = '') {
      const wanted = words.toLowerCase()
      return annotatedRequests(all(), ({ note }) => note !== '' && note.toLowerCase().includes(wanted))
    },
    change: (change) =>
      inTurn(async () => {
        await apply([change])
        return find(targetKey(change.target))
      }),
    changeAll: (changes) =>
      inTurn(async () => {
        const former = changes.map(({ target }) => find(targetKey(target)))
        await apply(changes)
        return former
      }),
    remove: (target) =>
      inTurn(async () => {
        const former = find(targetKey(target))
        if (former) await write(without(all(), target))
        return former
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
