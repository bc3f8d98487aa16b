import { shallowRef } from 'vue'
import { read, write } from '../state/remembered'

const key = 'nexus.queries'
const most = 12

const recent = shallowRef<readonly string[]>(stored())

/** The queries that were asked last in this browser, newest first. */
export function useRecentQueries() {
  function remember(query: string): void {
    recent.value = [query, ...recent.value.filter((each) => each !== query)].slice(0, most)
    write(key, JSON.stringify(recent.value))
  }
  return { recent, remember }
}

function stored(): string[] {
  try {
    const list: unknown = JSON.parse(read(key) ?? '[]')
    return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string').slice(0, most) : []
  } catch {
    return []
  }
}
