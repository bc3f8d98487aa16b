import { inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { ReadingPlace } from './place-annotations'
import { useAnnotations, type UseAnnotations } from './use-annotations'

interface AnnotatedPlace {
  place: ComputedRef<ReadingPlace>
  annotations: UseAnnotations
}

const key: InjectionKey<AnnotatedPlace> = Symbol('the request that is read, and what is noted on it')

/** Tells what is below which request it belongs to. Asks for the annotations once for all of it. */
export function provideReadingPlace(place: ComputedRef<ReadingPlace>): void {
  provide(key, { place, annotations: useAnnotations() })
}

/** Only for what is drawn within a reader. */
export function useReadingPlace(): AnnotatedPlace {
  const found = inject(key)
  if (!found) throw new Error('Notes are drawn within a reader only')
  return found
}
