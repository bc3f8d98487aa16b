import { inject, provide, type InjectionKey } from 'vue'

/**
 * The address in its normal form when it is one that may be offered to open: https, with a host and without a user
 * name or password. Null for everything else; it is then shown as text alone.
 */
export function externalUrl(text: string): string | null {
  if (text.length > 2000 || !URL.canParse(text)) return null
  const url = new URL(text)
  return url.protocol === 'https:' && url.hostname && !url.username && !url.password ? url.href : null
}

type AskToOpen = (url: string) => void

const key: InjectionKey<AskToOpen> = Symbol('ask to open a link')

/** Links below this component ask through the given function before anything opens. */
export function provideAskToOpen(ask: AskToOpen): void {
  provide(key, ask)
}

/** How a link asks to be opened, or null where nobody can answer. */
export function useAskToOpen(): AskToOpen | null {
  return inject(key, null)
}
