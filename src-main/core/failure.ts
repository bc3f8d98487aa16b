import { errorCatalogue, type ErrorCode, type FailureShape } from '../contract/errors'

/**
 * An expected way to fail. `message` is a whole sentence for a person and holds no secret, SQL or path that the user
 * did not give; the technical reason goes into `cause`, which is logged and never shown.
 */
export class Failure extends Error {
  readonly code: ErrorCode
  readonly hint: string
  /** Seconds after which trying again makes sense, where that is known. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    options: { message?: string; hint?: string; cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(options.message ?? errorCatalogue[code].message, { cause: options.cause })
    this.name = 'Failure'
    this.code = code
    this.hint = options.hint ?? errorCatalogue[code].hint
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  /** The part that may cross to a page or stand in a state. */
  toShape(): FailureShape {
    return { code: this.code, message: this.message, hint: this.hint }
  }
}

/** The failure itself, or `internal` around anything else. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('internal', { cause: error })
}
