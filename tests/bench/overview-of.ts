import type { OverviewAnswer, Replica } from '../../src-main/core/ports'
import { resolveWindow } from '../../src-main/core/usage/resolve-window'

/** The overview as a screen asks for it: figures, those of the window before, timeline, models and domains. */
export function overviewOf(
  replica: Replica,
  endMs: number,
  hours: number,
  { domain, by }: { domain?: string; by?: 'model' | 'domain' } = {},
): Promise<OverviewAnswer> {
  const scope = { domain, from: new Date(endMs - hours * 3_600_000).toISOString(), to: new Date(endMs).toISOString() }
  const { window, previous, bucketStarts } = resolveWindow(scope, { nowMs: endMs, asOfMs: null, timeZone: 'UTC' })
  return replica.overview(window, previous, bucketStarts, by)
}
