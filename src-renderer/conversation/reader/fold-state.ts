import { computed, inject, provide, reactive, type InjectionKey, type WritableComputedRef } from 'vue'

const key: InjectionKey<Map<string, boolean>> = Symbol('which parts are unfolded')

/** Remembers what is unfolded below this component: rows that scroll out of view are taken out of the page. */
export function provideFoldState(): void {
  provide(key, reactive(new Map()))
}

/** Whether a part is unfolded, or shown in its other form. `name` is its place in the conversation. */
export function useFold(name: () => string, isOpenAtFirst: () => boolean): WritableComputedRef<boolean> {
  const states = inject(key, () => reactive(new Map<string, boolean>()), true)
  return computed({
    get: () => states.get(name()) ?? isOpenAtFirst(),
    set: (isOpen) => void states.set(name(), isOpen),
  })
}

/** The way to unfold parts by name, the outer ones first. */
export function useUnfold(): (names: readonly string[]) => void {
  const states = inject(key, () => reactive(new Map<string, boolean>()), true)
  return (names) => {
    for (const name of names) states.set(name, true)
  }
}
