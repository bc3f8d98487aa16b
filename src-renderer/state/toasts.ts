import { defineStore } from 'pinia'
import { ref } from 'vue'
import { toFailure } from '../api/failure'

export interface Toast {
  id: number
  title: string
  text?: string
  isFailure: boolean
  durationMs: number
  action?: { label: string; run: () => void }
}

/** Short notices at the corner of the window. */
export const useToasts = defineStore('toasts', () => {
  const shown = ref<Toast[]>([])
  let lastId = 0

  function show(title: string, options: { text?: string; action?: Toast['action'] } = {}): void {
    // What can be undone stays long enough to be read and thought about.
    shown.value.push({ id: ++lastId, title, isFailure: false, durationMs: options.action ? 12_000 : 4000, ...options })
  }

  /** Says what went wrong with something that the user did. */
  function showFailure(error: unknown): void {
    const { message, hint } = toFailure(error)
    shown.value.push({ id: ++lastId, title: message, text: hint, isFailure: true, durationMs: 10_000 })
  }

  function dismiss(id: number): void {
    shown.value = shown.value.filter((toast) => toast.id !== id)
  }

  return { shown, show, showFailure, dismiss }
})
