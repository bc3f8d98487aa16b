import type { CostAxis, CostSlice } from '../../../src-main/contract/costs'
import { domainName, modelName } from '../../format/names'
import { bucketLabel } from '../../format/time'
import type { ScopePatch } from '../../state/scope'

export const axes: readonly CostAxis[] = ['domain', 'model', 'day', 'week', 'month']

export const axisLabels: Record<CostAxis, string> = {
  domain: 'Domain',
  model: 'Model',
  day: 'Day',
  week: 'Week from',
  month: 'Month',
}

export function isTimeAxis(axis: CostAxis): axis is 'day' | 'week' | 'month' {
  return axis !== 'domain' && axis !== 'model'
}

/** The axes that can stand beside this one: of two times a cell would lie in one of them twice. */
export function axesBeside(axis: CostAxis): CostAxis[] {
  return axes.filter((other) => (isTimeAxis(axis) ? !isTimeAxis(other) : other !== axis))
}

/** A row or column as shown. */
export function sliceName(axis: CostAxis, slice: CostSlice, timeZone: string): string {
  if (axis === 'domain') return domainName(slice.key)
  if (axis === 'model') return modelName(slice.key)
  return bucketLabel(slice.key ?? '', axis, timeZone)
}

/** What narrows a scope to a row or column. */
export function slicePatch(axis: CostAxis, slice: CostSlice): ScopePatch {
  if (axis === 'domain') return { domain: slice.key ?? '' }
  if (axis === 'model') return { model: slice.key ?? '' }
  return { from: slice.from, to: slice.to }
}
