import { isContractProcedure } from '@orpc/contract'
import { implement, ORPCError } from '@orpc/server'
import { contract } from '../contract'
import { errorCatalogue, type ErrorCode, type FailureShape } from '../contract/errors'
import type { AppApi, CallContext } from './app-api'

/** Turns anything thrown into the code, sentence and hint that may cross to the page; logs what may not. */
export type DescribeError = (error: unknown, procedure: string) => FailureShape

type Handler = (input: unknown, context: CallContext) => Promise<unknown>
type Builder = { handler(run: (options: { input: unknown; signal?: AbortSignal }) => unknown): unknown }

/** The contract with the app behind it, ready for any oRPC transport. Unknown errors leave as `internal`. */
export function createRouter(api: AppApi, describeError: DescribeError) {
  const bind = (node: unknown, builder: unknown, implementation: unknown, path: string): unknown => {
    if (isContractProcedure(node)) {
      const run = implementation as Handler
      return (builder as Builder).handler(async ({ input, signal }) => {
        try {
          return await run(input, { signal })
        } catch (error) {
          throw toRpcError(describeError(error, path))
        }
      })
    }
    return Object.fromEntries(
      Object.entries(node as Record<string, unknown>).map(([name, child]) => [
        name,
        bind(
          child,
          (builder as Record<string, unknown>)[name],
          (implementation as Record<string, unknown>)[name],
          path ? `${path}.${name}` : name,
        ),
      ]),
    )
  }
  // The walk follows the contract's own shape, so the result has the router's type.
  return bind(contract, implement(contract), api, '') as ReturnType<ReturnType<typeof implementContract>['router']>
}

const implementContract = () => implement(contract)

function toRpcError(failure: FailureShape): ORPCError<ErrorCode, { hint?: string }> {
  return new ORPCError(failure.code, {
    defined: true,
    status: errorCatalogue[failure.code].status,
    message: failure.message,
    data: failure.hint === undefined ? {} : { hint: failure.hint },
  })
}
