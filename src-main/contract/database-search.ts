import { z } from 'zod'
import { instant, scope } from './scope'

/**
 * Looks in the database for the words of a list's query, in the texts that are not kept here. Its results are that the
 * same list finds more: what was found is remembered while the workspace is open.
 */
const question = scope.safeExtend({
  errorsOnly: z.boolean().optional(),
  /** Goes on from where an earlier search got to: newer requests are left out. */
  continueAt: instant.optional(),
})

export const databaseSearchCostInput = question
export type DatabaseSearchCostInput = z.infer<typeof databaseSearchCostInput>

/** What a search would cost the database. */
export const databaseSearchCost = z.object({
  /** Requests whose texts would be searched there. */
  requests: z.number().int(),
  /** What their rows take as stored, estimated from the size of the table; null where it tells none. */
  bytes: z.number().nullable(),
  /** The index over the texts that the database would use; null where each text has to be read. */
  textIndex: z.string().nullable(),
  /** False where no index leads to a slice of rows, so that each slice reads the whole table. */
  hasRowIndex: z.boolean(),
})
export type DatabaseSearchCost = z.infer<typeof databaseSearchCost>

export const databaseSearchInput = question.safeExtend({
  /** After so long it stops, with what was found until then. */
  timeLimitSeconds: z.number().int().min(1).max(3600),
})
export type DatabaseSearchInput = z.infer<typeof databaseSearchInput>

const reached = {
  /** Of the requests to search, newest first. */
  searched: z.number().int(),
  of: z.number().int(),
  /** Requests that the list has now and did not have before, and the other way round where words are left out. */
  added: z.number().int(),
  removed: z.number().int(),
  /** The moment of the oldest request that was searched; null before the first. */
  reachedAt: z.string().nullable(),
}

/** What is heard while it runs; the last event is `done`. Whoever stops listening stops the search. */
export const databaseSearchEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), ...reached }),
  z.object({ type: z.literal('done'), isLate: z.boolean(), ...reached }),
])
export type DatabaseSearchEvent = z.infer<typeof databaseSearchEvent>
