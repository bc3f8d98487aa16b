import { isContractProcedure } from '@orpc/contract'
import { contract } from '../../src-main/contract'

/** Every procedure of the contract by its dotted name, with the schema of its input where it has one. */
export function listProcedures(): Array<{ name: string; inputSchema: unknown }> {
  const found: Array<{ name: string; inputSchema: unknown }> = []
  const walk = (node: unknown, path: string[]): void => {
    if (isContractProcedure(node)) {
      found.push({ name: path.join('.'), inputSchema: node['~orpc'].inputSchema })
      return
    }
    for (const [name, child] of Object.entries(node as Record<string, unknown>)) walk(child, [...path, name])
  }
  walk(contract, [])
  return found
}

/** Calls a procedure by its dotted name with anything at all. */
export function callByName(client: unknown, name: string, input: unknown): Promise<unknown> {
  const procedure = name.split('.').reduce((node, part) => (node as Record<string, unknown>)[part], client)
  return (procedure as (input: unknown) => Promise<unknown>)(input)
}
