import { computed, type ComputedRef } from 'vue'
import { useRoute, useRouter, type RouteLocationRaw } from 'vue-router'
import type { Scope } from '../../src-main/contract/scope'
import { readScope, windowHours, writeScope, type ViewScope } from './scope-address'
import { useSettings } from './settings'

/** The same scope with other values; undefined removes one. A new window takes the place of a range. */
export type ScopePatch = Partial<ViewScope>

export interface UseScope {
  scope: ComputedRef<ViewScope>
  /** The scope as the API takes it, with the chosen time zone. */
  input: ComputedRef<Scope>
  /** Changes the scope of the screen that is open. */
  change(patch: ScopePatch): Promise<void>
  /** The address of another screen with this scope, changed by the patch. */
  routeTo(name: string, patch?: ScopePatch, params?: Record<string, string>): RouteLocationRaw
}

/** Domain, model and window of the open screen. They live in the address, so they can be linked and follow the user. */
export function useScope(): UseScope {
  const route = useRoute()
  const router = useRouter()
  const settings = useSettings()
  const scope = computed(() => readScope(route.query))

  const input = computed<Scope>(() => ({
    domain: scope.value.domain,
    model: scope.value.model,
    ...(scope.value.from ? { from: scope.value.from, to: scope.value.to } : { hours: windowHours(scope.value.window) }),
    tz: settings.timeZone,
    q: scope.value.q,
  }))

  const patched = (patch: ScopePatch): ViewScope => {
    const base = patch.window ? { ...scope.value, from: undefined, to: undefined } : scope.value
    return { ...base, ...patch }
  }

  return {
    scope,
    input,
    async change(patch) {
      await router.push({ name: route.name, params: route.params, query: writeScope(patched(patch)) })
    },
    routeTo(name, patch = {}, params = {}) {
      const isList = name === 'conversations' || name === 'conversation'
      const next = patched(patch)
      // "Errors only", the order and the columns belong to the list; elsewhere they would be carried without being shown.
      const elsewhere = { ...next, errorsOnly: false, sort: 'time', order: 'desc', columns: undefined } as const
      return { name, params, query: writeScope(isList ? next : elsewhere) }
    },
  }
}
