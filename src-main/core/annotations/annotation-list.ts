import type { Annotation, AnnotationChange, AnnotationTarget } from '../../contract/annotations'
import type { AnnotatedRequests } from '../ports'

/** Two targets with the same key are the same. */
export function targetKey({ requestId, message }: AnnotationTarget): string {
  return `${requestId.toLowerCase()}/${message === null ? 'conversation' : message.index}`
}

/** The list with this change in it. An annotation of which nothing is left is taken out. */
export function withChange(list: readonly Annotation[], change: AnnotationChange, changedAt: string): Annotation[] {
  const key = targetKey(change.target)
  const former = list.find((each) => targetKey(each.target) === key)
  const next: Annotation = {
    target: { ...change.target, requestId: change.target.requestId.toLowerCase() },
    isPinned: change.isPinned ?? former?.isPinned ?? false,
    tags: change.tags === undefined ? (former?.tags ?? []) : distinctTags(change.tags),
    note: change.note ?? former?.note ?? '',
    changedAt,
  }
  const others = without(list, change.target)
  return isEmpty(next) ? others : [...others, next]
}

export function without(list: readonly Annotation[], target: AnnotationTarget): Annotation[] {
  const key = targetKey(target)
  return list.filter((each) => targetKey(each.target) !== key)
}

export function annotatedRequests(
  list: readonly Annotation[],
  isWanted: (annotation: Annotation) => boolean,
): AnnotatedRequests {
  const requestIds = new Set<string>()
  const conversationsOf = new Set<string>()
  for (const each of list) {
    if (isWanted(each)) (each.target.message === null ? conversationsOf : requestIds).add(each.target.requestId)
  }
  return { requestIds: [...requestIds], conversationsOf: [...conversationsOf] }
}

/** Case tells no two tags apart; the first spelling stays. */
export function tagKey(tag: string): string {
  return tag.normalize('NFC').toLowerCase()
}

function distinctTags(tags: readonly string[]): string[] {
  const distinct = new Map<string, string>()
  for (const tag of tags) if (!distinct.has(tagKey(tag))) distinct.set(tagKey(tag), tag)
  return [...distinct.values()].toSorted((a, b) => a.localeCompare(b, 'en'))
}

function isEmpty({ isPinned, tags, note }: Annotation): boolean {
  return !isPinned && tags.length === 0 && note === ''
}
