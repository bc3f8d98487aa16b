import { z } from 'zod'
import { longestQuery } from './scope'

/** A stretch of a query (half open, UTF-16 units) with what there is to say about it. */
export const queryMark = z.object({
  from: z.number().int(),
  to: z.number().int(),
  message: z.string(),
  /** What to write there instead. */
  suggestion: z.string().optional(),
})
export type QueryMark = z.infer<typeof queryMark>

export const queryCompletion = z.object({
  /** What takes the place of the stretch. */
  text: z.string(),
  label: z.string(),
  detail: z.string(),
})
export type QueryCompletion = z.infer<typeof queryCompletion>

export const queryAssistInput = z.object({
  q: z.string().max(4 * longestQuery),
  /** Where the cursor stands in it. */
  at: z.number().int().min(0),
})

export const queryAssist = z.object({
  /** What cannot be understood: a query that has any cannot be asked. */
  problems: z.array(queryMark),
  /** What can be asked but finds nothing, since no request here has such a value. */
  warnings: z.array(queryMark),
  completion: z.object({ from: z.number().int(), to: z.number().int(), items: z.array(queryCompletion) }),
})
export type QueryAssist = z.infer<typeof queryAssist>

const fieldValue = z.object({
  /** As it is written in a query, quoted where it needs to be. */
  text: z.string(),
  label: z.string(),
  /** Requests in the local copy that have it; null where they are not counted. */
  requests: z.number().int().nullable(),
})

export const queryField = z.object({
  name: z.string(),
  kind: z.enum(['pattern', 'number', 'choice']),
  title: z.string(),
  example: z.string(),
  /** The choices of a closed set, or the values that the data has, most requests first. */
  values: z.array(fieldValue),
})
export type QueryField = z.infer<typeof queryField>
