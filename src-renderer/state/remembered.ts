import { ref, watch, type Ref } from 'vue'

/** A choice of view that this browser remembers, one of `allowed`. Where storage is refused it lasts for the page. */
export function useRemembered<T extends string>(name: string, allowed: readonly T[], initial: T): Ref<T> {
  const key = `nexus.${name}`
  const stored = read(key)
  const value = ref(allowed.find((each) => each === stored) ?? initial) as Ref<T>
  watch(value, (next) => write(key, next))
  return value
}

/** What is stored, or null where there is nothing or storage is refused. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Stores what can be lost without harm. */
export function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Private windows and full disks refuse; the choice then lasts as long as the page.
  }
}
