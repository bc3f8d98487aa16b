import type { ComputedRef } from 'vue'
import type { Thread } from '../../../src-main/contract/threads'
import { useSaveEntries } from '../../charts/use-save-entries'
import { exactTime } from '../../format/time'
import { useSettings } from '../../state/settings'
import type { MenuEntry } from '../../ui/menu-entry'
import { placeWords } from './map-words'
import { contextTokens } from './outline'

/** Saves how much the model read at each request of a conversation. */
export function useContextSaves(thread: () => Thread): ComputedRef<MenuEntry[]> {
  const settings = useSettings()
  return useSaveEntries(() => {
    const { conversationId, requests } = thread()
    const first = requests[0]?.row
    if (!first) return null
    return {
      title: 'Context by request',
      word: 'the chart of the context',
      subtitle: [first.domain ?? '', `from ${exactTime(first.timestamp, settings.timeZone)}`]
        .filter(Boolean)
        .join(' · '),
      fileName: `context-${conversationId}`,
      figures: () => ({
        columns: [
          'Request',
          'Time',
          'Place',
          'Input tokens',
          'Cache read tokens',
          'Cache write tokens',
          'Context tokens',
          'Output tokens',
          'Cost USD',
        ],
        rows: requests.map((request) => {
          const { id, timestamp, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, costUsd } = request.row
          const sizes = [inputTokens, cacheReadTokens, cacheWriteTokens, contextTokens(request), outputTokens]
          return [id, timestamp, placeWords(request), ...sizes, costUsd]
        }),
      }),
      // The library of the charts comes when it is asked for: a conversation is read without it.
      pictures: async () => {
        const { contextPictures } = await import('../../charts/context-picture')
        return contextPictures(
          requests.map(({ row }) => ({
            fresh: row.inputTokens,
            cacheRead: row.cacheReadTokens,
            cacheWrite: row.cacheWriteTokens,
          })),
        )
      },
    }
  })
}
