import type { AnnotationChange, PlacedAnnotation } from '../../../src-main/contract/annotations'
import type { RequestRow } from '../../../src-main/contract/conversations'

/** One conversation of the chosen rows, with what is pinned, tagged and noted on the whole of it. */
interface Chosen {
  row: RequestRow
  found: PlacedAnnotation[]
}

function conversationsOf(rows: readonly RequestRow[], all: readonly PlacedAnnotation[]): Chosen[] {
  const chosen = new Map<string, RequestRow>()
  for (const row of rows) {
    const key = row.conversationId ?? row.id
    if (!chosen.has(key)) chosen.set(key, row)
  }
  const onWhole = all.filter(({ target }) => target.message === null)
  return [...chosen.values()].map((row) => ({
    row,
    found: onWhole.filter(
      ({ target, conversationId }) =>
        target.requestId === row.id || (conversationId !== null && conversationId === row.conversationId),
    ),
  }))
}

function targetOf({ row, found }: Chosen): AnnotationChange['target'] {
  return found[0]?.target ?? { requestId: row.id, message: null }
}

/** What pins the conversations of the rows; those that are pinned are left as they are. */
export function pinning(rows: readonly RequestRow[], all: readonly PlacedAnnotation[]): AnnotationChange[] {
  return conversationsOf(rows, all)
    .filter(({ found }) => !found.some(({ isPinned }) => isPinned))
    .map((each) => ({ target: targetOf(each), isPinned: true }))
}

/** What takes their pins away: conversations that were joined later may have brought several. */
export function unpinning(rows: readonly RequestRow[], all: readonly PlacedAnnotation[]): AnnotationChange[] {
  return conversationsOf(rows, all).flatMap(({ found }) =>
    found.filter(({ isPinned }) => isPinned).map(({ target }) => ({ target, isPinned: false })),
  )
}

/** What gives them a tag; those that have it, in any case, are left as they are. */
export function tagging(
  rows: readonly RequestRow[],
  all: readonly PlacedAnnotation[],
  tag: string,
): AnnotationChange[] {
  const wanted = tag.normalize('NFC').toLowerCase()
  return conversationsOf(rows, all)
    .filter(
      ({ found }) => !found.some(({ tags }) => tags.some((each) => each.normalize('NFC').toLowerCase() === wanted)),
    )
    .map((each) => ({ target: targetOf(each), tags: [...(each.found[0]?.tags ?? []), tag] }))
}
