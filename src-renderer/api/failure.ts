import { ORPCError } from '@orpc/client'
import type { FailureShape } from '../../src-main/contract/errors'

/** A failure as it is shown: a code to look up, a sentence, and what to do about it. */
export interface ShownFailure {
  code: string
  message: string
  hint: string | undefined
}

/** What to show for anything that was thrown by a call. Never with a stack: what is not known is said to be so. */
export function toFailure(error: unknown): ShownFailure {
  if (error instanceof ORPCError) {
    const data: unknown = error.data
    const hint = isObject(data) && typeof data.hint === 'string' ? data.hint : undefined
    return { code: String(error.code), message: error.message, hint }
  }
  if (isFailureShape(error)) return { code: error.code, message: error.message, hint: error.hint }
  if (error instanceof TypeError && !('bridge' in window)) {
    return {
      code: 'host-unreachable',
      message: 'The dashboard server does not answer.',
      hint: 'Check that it runs and that the network is there; the page tries again by itself.',
    }
  }
  return { code: 'internal', message: 'Something went wrong in this page.', hint: 'Try again, or reload the page.' }
}

/** True when a call ended because the page itself gave it up. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function isFailureShape(value: unknown): value is FailureShape {
  return (
    !(value instanceof Error) && isObject(value) && typeof value.code === 'string' && typeof value.message === 'string'
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
