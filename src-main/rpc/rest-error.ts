import { z } from 'zod'
import { errorCodes } from '../contract/errors'

/** The body of every REST answer that is a failure. */
export const restErrorBody = z.object({
  error: z.object({
    code: z.enum(errorCodes),
    message: z.string(),
    hint: z.string().optional(),
  }),
})

/** `{ error: { code, message, hint? } }`. */
export function restError(failure: { code: string; message: string; hint?: string | undefined }) {
  const { code, message, hint } = failure
  return { error: { code, message, ...(hint !== undefined && { hint }) } }
}
