import { mapEventIterator } from '@orpc/client'
import { isContractProcedure } from '@orpc/contract'
import { implement, ORPCError, ValidationError } from '@orpc/server'
import { contract } from '../contract'
import { errorCatalogue, type ErrorCode, type FailureShape } from '../contract/errors'
import type { AppApi, CallContext } from './app-api'
import { describeIssues } from './describe-issues'

/*
 * Trusts nothing that a caller sends: every input is parsed by the contract before the app sees it, every output after,
 * and only a code of the closed set, a sentence and a hint leave it when something fails.
 */

/** Turns anything thrown into the code, sentence and hint that may cross to the page; logs what may not. */
export type DescribeError = (error: unknown, procedure: string) => FailureShape

type Handler = (input: unknown, context: CallContext) => Promise<unknown>
type Builder = { handler(run: (options: { input: unknown; signal?: AbortSignal }) => unknown): unknown }

/** The contract with the app behind it, ready for any oRPC transport. Unknown errors leave as `internal`. */
export function createRouter(api: AppApi, describeError: DescribeError) {
  const guarded = implement(contract).use(async ({ next, path, signal }) => {
    const explain = (error: unknown) => explainError(error, path.join('.'), describeError, signal)
    try {
      const result = await next()
      if (!isStream(result.output)) return result
      // A stream can fail long after the call was answered.
      const output = mapEventIterator(result.output, { value: async (event) => event, error: async (e) => explain(e) })
      return { ...result, output }
    } catch (error) {
      throw explain(error)
    }
  })
  return bind(contract, guarded, api) as Router
}

const implementContract = () => implement(contract)

export type Router = ReturnType<ReturnType<typeof implementContract>['router']>

/** Follows the contract's own shape, so that nothing else can be reached, and a missing procedure fails at the start. */
function bind(node: unknown, builder: unknown, implementation: unknown): unknown {
  if (isContractProcedure(node)) {
    const run = implementation as Handler
    return (builder as Builder).handler(({ input, signal }) => run(input, { signal }))
  }
  const child = (of: unknown, name: string): unknown => (of as Record<string, unknown>)[name]
  const names = Object.keys(node as object)
  return Object.fromEntries(
    names.map((name) => [name, bind(child(node, name), child(builder, name), child(implementation, name))]),
  )
}

function explainError(error: unknown, procedure: string, describeError: DescribeError, signal?: AbortSignal) {
  if (signal?.aborted)
    return toRpcError({ code: 'query-cancelled', message: errorCatalogue['query-cancelled'].message })
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
    return toRpcError(invalidInput(describeIssues(error.cause.issues)))
  }
  return toRpcError(describeError(error, procedure))
}

/** The failure of an input that the contract refuses. */
export function invalidInput(message: string): FailureShape {
  return { code: 'invalid-input', message, hint: errorCatalogue['invalid-input'].hint }
}

/** The failure as oRPC carries it, with the HTTP status of its code. */
export function toRpcError(failure: FailureShape): ORPCError<ErrorCode, { hint?: string }> {
  return new ORPCError(failure.code, {
    defined: true,
    status: errorCatalogue[failure.code].status,
    message: failure.message,
    data: failure.hint === undefined ? {} : { hint: failure.hint },
  })
}

function isStream(output: unknown): output is AsyncIterator<unknown> & AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output && 'next' in output
}
