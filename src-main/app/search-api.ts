import { completeQuery, unknownValues, type KnownValue, type ValuesOf } from '../core/search/complete-query'
import { fields } from '../core/search/fields'
import { parseQuery } from '../core/search/parse-query'
import { printPattern } from '../core/search/print-query'
import type { AppApi } from '../rpc/app-api'
import type { OpenWorkspace } from './open-workspace'
import type { Workspaces } from './workspaces'

/** Values are counted anew at most this often: they are asked for at each key. */
const freshMs = 10_000

/** Help with writing queries, from the values that the open workspace has. */
export function createSearchApi(valuesHere: () => ValuesOf): Pick<AppApi['search'], 'assist' | 'fields'> {
  return {
    async assist({ q, at }) {
      const parsed = parseQuery(q)
      const valuesOf = valuesHere()
      return {
        problems: parsed.problems,
        warnings: parsed.problems.length > 0 ? [] : await unknownValues(parsed, valuesOf),
        completion: await completeQuery(parsed, at, valuesOf),
      }
    },
    async fields() {
      const valuesOf = valuesHere()
      return Promise.all(
        Object.entries(fields).map(async ([name, field]) => {
          const { kind, title, example } = field
          const values =
            field.kind === 'pattern'
              ? (await valuesOf(field.field)).map(({ value, requests }) => ({
                  text: printPattern([value]),
                  label: value === '' ? 'none' : value,
                  requests,
                }))
              : field.kind === 'choice'
                ? Object.entries(field.choices).map(([text, label]) => ({ text, label, requests: null }))
                : []
          return { name, kind, title, example, values }
        }),
      )
    },
  }
}

/** Values of the workspace that is open, counted now and then. */
export function createValues(workspaces: Workspaces): () => ValuesOf {
  const valuesBy = new WeakMap<OpenWorkspace, ValuesOf>()
  return () => {
    const workspace = workspaces.open()
    let valuesOf = valuesBy.get(workspace)
    if (!valuesOf) valuesBy.set(workspace, (valuesOf = rememberedValues(workspace)))
    return valuesOf
  }
}

function rememberedValues({ replica, annotations }: OpenWorkspace): ValuesOf {
  const remembered = new Map<string, { atMs: number; values: Promise<KnownValue[]> }>()
  return async (field) => {
    if (field === 'tag') {
      const tags = new Set(annotations.all().flatMap((each) => each.tags))
      return [...tags].toSorted((a, b) => a.localeCompare(b)).map((value) => ({ value, requests: null }))
    }
    const known = remembered.get(field)
    if (known && performance.now() - known.atMs < freshMs) return known.values
    const values = replica.values(field)
    remembered.set(field, { atMs: performance.now(), values })
    values.catch(() => remembered.delete(field))
    return values
  }
}
