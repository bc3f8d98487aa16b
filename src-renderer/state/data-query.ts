import { useQuery, type UseQueryReturn } from '@pinia/colada'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { useLive } from './live'

/**
 * A question to the replica. It is asked again when the data or `input` changes; until the new answer is there the
 * former one of the same workspace stays (`isPlaceholderData`), so that figures do not flicker.
 * `name` and `input` make the key; `input` must be JSON.
 */
export function useDataQuery<I extends object, O>(
  name: string,
  input: MaybeRefOrGetter<I>,
  ask: (input: I, signal: AbortSignal) => Promise<O>,
  options: { enabled?: MaybeRefOrGetter<boolean> } = {},
): UseQueryReturn<O> {
  const live = useLive()
  const key = () => ['data', live.workspaceKey, name, toValue(input)] as const
  return useQuery<O>({
    key,
    query: ({ signal }) => ask(toValue(input), signal),
    enabled: () => live.hasWorkspace && toValue(options.enabled ?? true),
    placeholderData: (previous, entry) => (entry?.key[1] === live.workspaceKey ? previous : undefined) as never,
  })
}
