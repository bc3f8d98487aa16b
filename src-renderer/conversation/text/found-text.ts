import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'

const key: InjectionKey<ShallowRef<string>> = Symbol('the text that holds the match')

/** Tells all texts below this component which one of them holds what was looked for; '' for none. */
export function provideFoundText(): ShallowRef<string> {
  const found = shallowRef('')
  provide(key, found)
  return found
}

export function useFoundText(): ShallowRef<string> {
  return inject(key, () => shallowRef(''), true)
}
