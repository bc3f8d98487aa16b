import { z } from 'zod'

/** ISO 8601 instant in UTC, as `2026-11-23T14:00:00.000Z`; any offset is accepted on the way in. */
export const instant = z.iso.datetime({ offset: true })

/** PostgreSQL takes any 128 bits as a UUID, whatever its version and variant say. */
export const requestId = z.guid()

/** An IANA zone name that this runtime knows, for buckets of a day and more. */
export const timeZone = z.string().refine(isTimeZone, { error: 'is no time zone (use a name such as Europe/Berlin)' })

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** Longest window that can be asked for, in hours: ten years. */
const longestWindowHours = 24 * 3660

/** Characters of a query. */
export const longestQuery = 1000

/**
 * Which requests are meant. The window is half open, `from` inclusive; `hours` back from now (24 if nothing is said)
 * or `from`/`to`. `domain` and `model` narrow it; an empty string is the rows where the column is null.
 */
export const scope = z
  .object({
    domain: z.string().max(255).optional(),
    model: z.string().max(255).optional(),
    hours: z.number().positive().max(longestWindowHours).optional(),
    from: instant.optional(),
    to: instant.optional(),
    tz: timeZone.optional(),
    /** Narrows it further, in the query language of docs/query-language.md. */
    q: z.string().max(longestQuery).optional(),
  })
  .refine((value) => !(value.hours !== undefined && value.from !== undefined), {
    error: 'Give hours or from, not both',
  })
  .refine((value) => !value.from || !value.to || Date.parse(value.from) < Date.parse(value.to), {
    error: 'from must lie before to',
  })
export type Scope = z.infer<typeof scope>

/** The window an answer stands for, and the moment up to which the replica has the source (null: nothing yet). */
export const answeredWindow = {
  from: z.string(),
  to: z.string(),
  asOf: z.string().nullable(),
}
