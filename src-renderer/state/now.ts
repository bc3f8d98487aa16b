import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const nowMs = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The clock for relative times, one tick a second for all of the page. */
export function useNow(): Readonly<Ref<number>> {
  users++
  nowMs.value = Date.now()
  timer ??= setInterval(() => (nowMs.value = Date.now()), 1000)
  onScopeDispose(() => {
    if (--users > 0) return
    clearInterval(timer)
    timer = undefined
  })
  return readonly(nowMs)
}
