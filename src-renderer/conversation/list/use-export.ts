import { onScopeDispose, ref, shallowRef } from 'vue'
import type { ExportFile, ExportInput } from '../../../src-main/contract/exports'
import { api } from '../../api/client'
import { isAbort } from '../../api/failure'

export type ExportState =
  | { kind: 'idle' }
  | { kind: 'running'; doneRows: number; totalRows: number | null }
  | { kind: 'done'; file: ExportFile }
  | { kind: 'failed'; error: unknown }

/** Makes a file and hands it to the user. One at a time; leaving the page gives it up. */
export function useExport() {
  const state = shallowRef<ExportState>({ kind: 'idle' })
  const running = ref<AbortController | null>(null)

  async function start(input: ExportInput): Promise<void> {
    const controller = new AbortController()
    running.value = controller
    state.value = { kind: 'running', doneRows: 0, totalRows: null }
    try {
      for await (const event of await api.exports.run(input, { signal: controller.signal })) {
        if (controller.signal.aborted) break
        if (event.type === 'progress') state.value = { kind: 'running', ...event }
        else finish(event.file)
      }
    } catch (error) {
      state.value = controller.signal.aborted || isAbort(error) ? { kind: 'idle' } : { kind: 'failed', error }
    } finally {
      if (running.value === controller) running.value = null
    }
  }

  function finish(file: ExportFile): void {
    state.value = { kind: 'done', file }
    const link = document.createElement('a')
    link.href = file.path
    link.download = file.name
    link.click()
  }

  function cancel(): void {
    running.value?.abort()
    state.value = { kind: 'idle' }
  }

  onScopeDispose(cancel)
  return { state, start, cancel }
}
