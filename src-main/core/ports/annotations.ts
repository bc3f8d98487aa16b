import type { Annotation, AnnotationChange, AnnotationTarget } from '../../contract/annotations'

/** Requests that an annotation points at, in lower case. */
export interface AnnotatedRequests {
  /** One message of each of these is annotated. */
  requestIds: string[]
  /** The whole conversation of each of these is. */
  conversationsOf: string[]
}

/** What the user pinned, tagged and noted in one workspace. Reads are from memory; changes are on disk when they resolve. */
export interface Annotations {
  all(): readonly Annotation[]
  pinned(): AnnotatedRequests
  /** With this tag, whatever its case; without one, those with any. */
  tagged(tag?: string): AnnotatedRequests
  /** With these words in the note, whatever their case; without words, those with any note. */
  noted(words?: string): AnnotatedRequests
  /** The annotation as it is now; null when nothing is left of it. Throws `too-large` when there are too many. */
  change(change: AnnotationChange): Promise<Annotation | null>
  /** Several at once, all or none. Gives what each was before. Throws as `change` does. */
  changeAll(changes: readonly AnnotationChange[]): Promise<(Annotation | null)[]>
  /** What was removed, so that it can be brought back; null where nothing was. */
  remove(target: AnnotationTarget): Promise<Annotation | null>
  /** Returns the way to stop. */
  onChange(listener: () => void): () => void
}
