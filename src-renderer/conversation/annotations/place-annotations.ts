import type { AnnotationTarget, PlacedAnnotation } from '../../../src-main/contract/annotations'
import type { Message, RequestDetail, RequestRow } from '../../../src-main/contract/conversations'
import { messageDigest } from './message-digest'

/** Where one reads: a request, and all requests of its conversation. */
export interface ReadingPlace {
  requestId: string
  conversationId: string | null
  requestIds: ReadonlySet<string>
  /** The request and all that it carries on: what they sent is the beginning of what it sends. */
  lineIds: ReadonlySet<string>
}

/** What one looks at: the whole conversation, or one message of the request. */
export type Annotated = null | { index: number; message: Message }

/** The annotations of what one looks at; of a message also those that were made at an earlier or later request. */
export function annotationsOf(
  all: readonly PlacedAnnotation[],
  { requestId, conversationId, requestIds }: ReadingPlace,
  annotated: Annotated,
): PlacedAnnotation[] {
  let digest: string | undefined
  return all.filter(({ target, conversationId: itsConversation }) => {
    const isHere = target.requestId === requestId
    const isRelated =
      isHere || requestIds.has(target.requestId) || (conversationId !== null && itsConversation === conversationId)
    if (!isRelated || (target.message === null) !== (annotated === null)) return false
    if (annotated === null || target.message === null) return true
    if (target.message.index !== annotated.index) return false
    return isHere || target.message.digest === (digest ??= messageDigest(annotated.message))
  })
}

/**
 * How many of a request's messages from `start` up to `end` have a pin, tags or a note. Of those that are not here yet
 * it counts what was noted at the requests that this one carries on.
 */
export function countAnnotated(
  all: readonly PlacedAnnotation[],
  place: ReadingPlace,
  { messages, page }: Pick<RequestDetail, 'messages' | 'page'>,
  [start, end]: readonly [start: number, end: number],
): number {
  const counted = new Set<number>()
  for (const each of all) {
    const index = each.target.message?.index ?? -1
    if (index < start || index >= end) continue
    const message = messages[index - (page?.from ?? 0)]
    const isThere = message
      ? annotationsOf([each], place, { index, message }).length > 0
      : place.lineIds.has(each.target.requestId)
    if (isThere) counted.add(index)
  }
  return counted.size
}

/** How many messages of these requests, which repeat each other's, have a pin, tags or a note. */
export function countAnnotatedOf(all: readonly PlacedAnnotation[], requestIds: ReadonlySet<string>): number {
  const indexes = all.flatMap(({ target }) => (requestIds.has(target.requestId) ? (target.message?.index ?? []) : []))
  return new Set(indexes).size
}

/** What a new annotation would point at. */
export function newTarget({ requestId }: ReadingPlace, annotated: Annotated): AnnotationTarget {
  if (annotated === null) return { requestId, message: null }
  const { index, message } = annotated
  return { requestId, message: { index, digest: messageDigest(message) } }
}

/** What a row of the list shows of them: those of its conversation, and of its own messages. */
export interface RowMarks {
  isPinned: boolean
  hasNote: boolean
  tags: string[]
}

/** Marks for many rows: the annotations are gone through once. */
export function rowMarks(all: readonly PlacedAnnotation[]): (row: RequestRow) => RowMarks | null {
  const byRequest = new Map<string, PlacedAnnotation[]>()
  const byConversation = new Map<string, PlacedAnnotation[]>()
  for (const each of all) {
    const { target, conversationId } = each
    if (target.message === null && conversationId !== null) push(byConversation, conversationId, each)
    else push(byRequest, target.requestId, each)
  }
  return (row) => {
    const found = [
      ...(byRequest.get(row.id) ?? []),
      ...(row.conversationId === undefined ? [] : (byConversation.get(row.conversationId) ?? [])),
    ]
    if (found.length === 0) return null
    return {
      isPinned: found.some((each) => each.isPinned),
      hasNote: found.some((each) => each.note !== ''),
      tags: [...new Set(found.flatMap((each) => each.tags))],
    }
  }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
