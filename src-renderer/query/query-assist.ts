import { onScopeDispose, shallowRef } from 'vue'
import type { QueryAssist } from '../../src-main/contract/search'
import { api } from '../api/client'
import { isAbort } from '../api/failure'

const pauseMs = 60

/** What the host says of a query while it is written; always of the newest text. */
export function useQueryAssist() {
  const assist = shallowRef<QueryAssist | null>(null)
  /** The text that `assist` is about. */
  const about = shallowRef('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = new AbortController()

  /** Null where a newer question came meanwhile, or the host cannot say. */
  async function ask(q: string, at: number): Promise<QueryAssist | null> {
    clearTimeout(timer)
    asking.abort()
    asking = new AbortController()
    const { signal } = asking
    try {
      const answer = await api.search.assist({ q, at }, { signal })
      if (signal.aborted) return null
      assist.value = answer
      about.value = q
      return answer
    } catch (error) {
      // Help with writing is a help: the list itself says what is wrong when it is asked.
      if (!isAbort(error)) assist.value = null
      return null
    }
  }

  function askSoon(q: string, at: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(q, at), pauseMs)
  }

  onScopeDispose(() => {
    clearTimeout(timer)
    asking.abort()
  })

  return { assist, about, ask, askSoon }
}
