import { ORPCError } from '@orpc/server'
import { errorCatalogue } from '../contract/errors'
import { invalidInput, toRpcError } from './router'

interface Handled {
  matched: boolean
}

/**
 * What every transport does with a message that is no call: an unknown or inherited name and text that does not decode
 * are answered with a code of the contract, like any other failure. Stands around oRPC's own matching and decoding.
 */
export async function refuseMalformed<R extends Handled>({ next }: { next(): Promise<R> }): Promise<R> {
  let result: R
  try {
    result = await next()
  } catch (error) {
    throw explain(error)
  }
  if (!result.matched) throw toRpcError({ code: 'not-found', message: 'There is no such call.' })
  return result
}

function explain(error: unknown): unknown {
  if (!(error instanceof ORPCError)) return toRpcError(invalidInput('The message could not be read as a call.'))
  if (Object.hasOwn(errorCatalogue, error.code)) return error
  const code = error.code === 'METHOD_NOT_SUPPORTED' ? 'method-not-allowed' : 'invalid-input'
  return toRpcError({ code, message: errorCatalogue[code].message })
}
