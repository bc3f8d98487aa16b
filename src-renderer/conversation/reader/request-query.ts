import { api } from '../../api/client'
import { pageCharacters } from './use-messages'

/** One request with its newest messages, however many views ask for it. */
export function requestQuery(workspaceKey: string, id: string) {
  return {
    key: ['request', workspaceKey, id],
    query: ({ signal }: { signal: AbortSignal }) =>
      api.conversations.get({ id, characters: pageCharacters }, { signal }),
    // An answered request does not change any more; one without an answer is read again by who shows it.
    staleTime: 60_000,
    gcTime: 60_000,
  }
}
