import type { ReportFormat, ReportPlan, ReportSchedule } from '../../../src-main/contract/reports'

/** A report as it is typed. */
export interface ReportForm {
  name: string
  q: string
  every: ReportSchedule['every']
  weekday: number
  day: number
  at: string
  formats: ReportFormat[]
  folder: string | null
  webhookIds: string[]
}

export type ReportProblems = Partial<Record<'name' | 'at' | 'formats' | 'folder', string>>

export function toReportForm(plan: ReportPlan | null): ReportForm {
  const empty: ReportForm = {
    name: '',
    q: '',
    every: 'week',
    weekday: 1,
    day: 1,
    at: '08:00',
    formats: ['html'],
    folder: null,
    webhookIds: [],
  }
  if (!plan) return empty
  const { name, q, schedule, formats, folder, webhookIds } = plan
  return { ...empty, ...schedule, name, q, formats: [...formats], folder, webhookIds: [...webhookIds] }
}

/** The report that the form says, or what is wrong with each field. */
export function readReportForm(
  form: ReportForm,
  former: Pick<ReportPlan, 'id' | 'isOn'>,
): { plan: ReportPlan | null; problems: ReportProblems } {
  const problems: ReportProblems = {}
  const name = form.name.trim()
  const at = form.at.trim()
  if (name === '') problems.name = 'Give the report a name.'
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) problems.at = 'A time of the day such as 08:00.'
  if (form.formats.length === 0) problems.formats = 'Choose one at least.'
  const hasTarget = form.folder !== null || form.webhookIds.length > 0
  if (!hasTarget) problems.folder = 'Choose a folder or a webhook.'
  if (Object.keys(problems).length > 0) return { plan: null, problems }
  const { formats, webhookIds } = form
  const folder = form.folder?.trim() ?? null
  return {
    plan: { ...former, name, q: form.q.trim(), schedule: scheduleOf({ ...form, at }), formats, folder, webhookIds },
    problems,
  }
}

function scheduleOf({ every, weekday, day, at }: ReportForm): ReportSchedule {
  switch (every) {
    case 'day':
      return { every, at }
    case 'week':
      return { every, weekday, at }
    case 'month':
      return { every, day, at }
  }
}
