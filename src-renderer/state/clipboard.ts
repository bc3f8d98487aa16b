import { useToasts } from './toasts'

/** Copies text and says so, or says that it could not. */
export function useClipboard(): { copy(text: string, notice?: string): Promise<void> } {
  const toasts = useToasts()
  return {
    async copy(text, notice = 'Copied') {
      try {
        await navigator.clipboard.writeText(text)
        toasts.show(notice)
      } catch {
        // Refused without focus, or on a page without HTTPS.
        toasts.show('The clipboard refused.', { text: 'Select the text and copy it with the keyboard.' })
      }
    },
  }
}
