import type { Scope } from '../contract/scope'
import type { Overview, Stats, Timeline } from '../contract/usage'
import type { OverviewAnswer } from '../core/ports'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import type { Workspaces } from './workspaces'

type By = 'model' | 'domain' | undefined

/** The statistics, each from one snapshot of the replica, over the window that the scope means now. */
export function createUsageApi(workspaces: Workspaces, timeZone: () => string): AppApi['usage'] {
  async function ask(scope: Scope, by?: By) {
    const { replica } = workspaces.open()
    const asOf = replica.asOf()
    const resolved = resolveWindow(scope, {
      nowMs: Date.now(),
      asOfMs: asOf === null ? null : Date.parse(asOf),
      timeZone: scope.tz ?? timeZone(),
    })
    const answer = await replica.overview(resolved.window, resolved.previous, resolved.bucketStarts, by)
    return { resolved, answer, missing: replica.missing(resolved.window) }
  }
  type Asked = Awaited<ReturnType<typeof ask>>

  return {
    stats: async (scope) => toStats(await ask(scope)),
    timeline: async ({ by, ...scope }) => toTimeline(await ask(scope, by)),
    models: async (scope) => {
      const { answer } = await ask(scope)
      return { asOf: answer.asOf, items: answer.models }
    },
    domains: async (scope) => {
      const { answer } = await ask(scope)
      return { asOf: answer.asOf, items: answer.domains }
    },
    async overview({ by, ...scope }): Promise<Overview> {
      const asked = await ask(scope, by)
      const { models, domains } = asked.answer
      return { stats: toStats(asked), timeline: toTimeline(asked), models, domains }
    },
  }

  function toStats({ resolved, answer }: Asked): Stats {
    return {
      ...answer.current,
      ...toWindow(resolved.window, answer),
      previous: { ...answer.previous, from: iso(resolved.previous.fromMs), to: iso(resolved.previous.toMs) },
    }
  }

  function toTimeline({ resolved, answer, missing }: Asked): Timeline {
    const { points, series } = answer.timeline
    return {
      ...toWindow(resolved.window, answer),
      bucket: resolved.bucket,
      points,
      missing: missing.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
      ...(series && { series }),
    }
  }
}

function toWindow(window: { fromMs: number; toMs: number }, answer: OverviewAnswer) {
  return { from: iso(window.fromMs), to: iso(window.toMs), asOf: answer.asOf }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
