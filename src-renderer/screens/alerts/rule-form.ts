import type { AlertCondition, AlertFigure, AlertRule } from '../../../src-main/contract/alerts'
import { isShare, unitOf, type ConditionChoice } from './alert-words'

/** A rule as it is typed. */
export interface RuleForm {
  name: string
  q: string
  figure: AlertFigure
  windowMinutes: AlertRule['windowMinutes']
  condition: ConditionChoice
  amount: string
  forMinutes: string
  coolDownMinutes: string
  webhookIds: string[]
}

export type RuleProblems = Partial<Record<keyof RuleForm, string>>

export function toRuleForm(rule: AlertRule | null): RuleForm {
  if (!rule) {
    const empty = { name: '', q: '', figure: 'costUsd', windowMinutes: 60, condition: 'above', amount: '' } as const
    return { ...empty, forMinutes: '0', coolDownMinutes: '60', webhookIds: [] }
  }
  const { condition, figure } = rule
  const choice = condition.kind === 'change' ? condition.direction : condition.kind
  return {
    name: rule.name,
    q: rule.q,
    figure,
    windowMinutes: rule.windowMinutes,
    condition: choice,
    amount: amountOf(condition, figure),
    forMinutes: String(rule.forMinutes),
    coolDownMinutes: String(rule.coolDownMinutes),
    webhookIds: rule.webhookIds,
  }
}

function amountOf(condition: AlertCondition, figure: AlertFigure): string {
  if (condition.kind === 'change') return String(condition.percent)
  if (condition.kind !== 'above' && condition.kind !== 'below') return ''
  return String(isShare(figure) ? condition.value * 100 : condition.value)
}

/** The rule that the form says, or what is wrong with each field. */
export function readRuleForm(
  form: RuleForm,
  former: Pick<AlertRule, 'id' | 'isOn'>,
): { rule: AlertRule | null; problems: RuleProblems } {
  const problems: RuleProblems = {}
  const name = form.name.trim()
  if (name === '') problems.name = 'Give the rule a name.'
  const forMinutes = readMinutes(form.forMinutes, 1440)
  if (forMinutes === null) problems.forMinutes = 'A whole number of minutes, 1440 at most.'
  const coolDownMinutes = readMinutes(form.coolDownMinutes, 10_080)
  if (coolDownMinutes === null) problems.coolDownMinutes = 'A whole number of minutes, 10080 at most.'
  const figure = form.condition === 'absence' ? 'requests' : form.figure
  const condition = readCondition(form)
  if (condition === null) {
    problems.amount = isPercentage(form) ? 'A percentage above 0.' : 'A number, 0 or more.'
  }
  if (form.condition === 'anomaly' && (form.figure === 'repeatedCalls' || form.figure === 'contextShare')) {
    problems.condition = 'This figure has no rhythm: choose a limit.'
  }
  if (form.condition === 'anomaly' && form.windowMinutes !== 60 && form.windowMinutes !== 1440) {
    problems.windowMinutes = 'A rhythm is looked for by the hour or by the day.'
  }
  if (Object.keys(problems).length > 0) return { rule: null, problems }
  return {
    rule: {
      ...former,
      name,
      q: form.q.trim(),
      figure,
      windowMinutes: form.windowMinutes,
      condition: condition!,
      forMinutes: forMinutes!,
      coolDownMinutes: coolDownMinutes!,
      webhookIds: form.webhookIds,
    },
    problems,
  }
}

function isPercentage({ condition }: RuleForm): boolean {
  return condition === 'up' || condition === 'down'
}

function readCondition({ condition, amount, figure }: RuleForm): AlertCondition | null {
  if (condition === 'anomaly' || condition === 'absence') return { kind: condition }
  const value = Number(amount.trim().replace(',', '.'))
  if (amount.trim() === '' || !Number.isFinite(value) || value < 0) return null
  if (condition === 'above' || condition === 'below') {
    return { kind: condition, value: unitOf(condition, figure) === '%' ? value / 100 : value }
  }
  return value === 0 ? null : { kind: 'change', direction: condition, percent: value }
}

function readMinutes(text: string, most: number): number | null {
  const minutes = Number(text)
  return /^\d{1,5}$/.test(text.trim()) && minutes <= most ? minutes : null
}
