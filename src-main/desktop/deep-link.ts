/*
 * Trusts no link: any page or program can open one, and every word of a second start's command line. One form is known,
 * and all it can do is to show a request; nothing of it reaches SQL, a path or a host.
 */
import { requestId } from '../contract/scope'

export const deepLinkScheme = 'nexus'

/** The screen that `nexus://conversation/<uuid>` asks for, below `/dashboard/`; null for anything else. */
export function parseDeepLink(link: string): string | null {
  const match = /^nexus:\/\/conversation\/([0-9a-f-]{36})\/?$/i.exec(link)
  const id = match?.[1]?.toLowerCase()
  return id !== undefined && requestId.safeParse(id).success ? `conversation/${id}` : null
}

/** The first link of a command line that is one of ours. */
export function findDeepLink(argv: readonly string[]): string | null {
  for (const word of argv) {
    const screenPath = parseDeepLink(word)
    if (screenPath !== null) return screenPath
  }
  return null
}
