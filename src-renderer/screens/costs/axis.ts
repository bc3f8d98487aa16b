import type { CostAxis, CostSlice } from '../../../src-main/contract/costs'
import { domainName, modelName } from '../../format/names'
import { bucketLabel } from '../../format/time'
import type { ScopePatch } from '../../state/scope'

export const axes: readonly CostAxis[] = ['domain', 'team', 'model', 'day', 'week', 'month']

export const axisLabels: Record<CostAxis, string> = {
  domain: 'Domain',
  team: 'Team',
  model: 'Model',
  day: 'Day',
  week: 'Week from',
  month: 'Month',
}

export function isTimeAxis(axis: CostAxis): axis is 'day' | 'week' | 'month' {
  return axis !== 'domain' && axis !== 'model' && axis !== 'team'
}

/** The axes that can stand beside this one: of two times a cell would lie in one of them twice. */
export function axesBeside(axis: CostAxis): CostAxis[] {
  return axes.filter((other) => (isTimeAxis(axis) ? !isTimeAxis(other) : other !== axis))
}

/** A row or column as shown. */
export function sliceName(axis: CostAxis, slice: CostSlice, timeZone: string): string {
  if (axis === 'domain') return domainName(slice.key)
  if (axis === 'model') return modelName(slice.key)
  if (axis === 'team') return slice.key ?? 'no team'
  return bucketLabel(slice.key ?? '', axis, timeZone)
}

/** What narrows a scope to a row or column. */
export function slicePatch(axis: CostAxis, slice: CostSlice): ScopePatch {
  if (axis === 'domain') return { domain: slice.key ?? '' }
  if (axis === 'model') return { model: slice.key ?? '' }
  if (axis === 'team') return {}
  return { from: slice.from, to: slice.to }
}

/** What narrows it beside the scope: a team is a query of its domains. */
export function sliceQuery(axis: CostAxis, slice: CostSlice): string | undefined {
  return axis === 'team' ? slice.query : undefined
}
