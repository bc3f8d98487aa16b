import type { SavedView } from '../../src-main/contract/views'

/** A view as a line of text, to be sent to somebody who has the same app. */
export function viewText({ name, address }: Pick<SavedView, 'name' | 'address'>): string {
  return `${name}: ${address}`
}

/** The view in such a line, or in a copied address of a screen; null where there is none. */
export function readViewText(text: string): Pick<SavedView, 'name' | 'address'> | null {
  const found = /^(?:(.*?):\s+)?(?:https?:\/\/[^/\s]+|app:\/\/ui)?(?:\/dashboard)?(\/[a-z]*(?:\?[^#\s]*)?)$/s.exec(
    text.trim(),
  )
  if (!found) return null
  const address = found[2]!
  const query = new URLSearchParams(address.split('?')[1] ?? '').get('q')
  return { name: (found[1] || query || address).slice(0, 60), address }
}
