import type { ContractProcedure, ErrorMap, InferSchemaInput, InferSchemaOutput, Meta, AnySchema } from '@orpc/contract'
import type { contract } from '../contract'

export interface CallContext {
  signal: AbortSignal | undefined
}

/** The contract as plain asynchronous functions: what the app implements and every transport calls. */
export type ApiOf<C> =
  C extends ContractProcedure<infer I extends AnySchema, infer O extends AnySchema, ErrorMap, Meta>
    ? (input: InferSchemaOutput<I>, context: CallContext) => Promise<InferSchemaInput<O>>
    : { [K in keyof C]: ApiOf<C[K]> }

export type AppApi = ApiOf<typeof contract>
