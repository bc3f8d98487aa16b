import type { RequestRow } from '../../../src-main/contract/conversations'
import type { Choices, Condition, NumberRange, Pattern, Query } from '../../../src-main/core/search/query'
import { containsUnits, textUnits } from '../../../src-main/core/search/text-units'

/** A row with what else is known of it. */
export interface JudgedRow extends RequestRow {
  tools: string[]
  tags: string[]
  isPinned: boolean
  isNoted: boolean
}

/** What a query says of a row, written apart from the way that the replica asks it. */
export function judgeRow(query: Query, row: JudgedRow): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => judgeRow(part, row))
    case 'or':
      return query.parts.some((part) => judgeRow(part, row))
    case 'not':
      return !judgeRow(query.part, row)
    default:
      return judgeCondition(query, row)
  }
}

function judgeCondition(condition: Condition, row: JudgedRow): boolean {
  switch (condition.kind) {
    case 'text':
      return containsUnits(textUnits(row.preview ?? ''), textUnits(condition.text), condition.isPrefix)
    case 'pattern': {
      const { domain, model, requestType: type, stopReason: stop } = row
      const only = (text: string | null): string[] => [text ?? '']
      const orNone = (texts: string[]): string[] => (texts.length > 0 ? texts : [''])
      const texts = {
        domain: only(domain),
        model: only(model),
        type: only(type),
        stop: only(stop),
        tool: orNone(row.tools),
        tag: orNone(row.tags),
      }[condition.field]
      return condition.patterns.some((pattern) => texts.some((text) => toRegExp(pattern).test(text.toLowerCase())))
    }
    case 'number': {
      const cost = row.costUsd === null ? null : Math.round(row.costUsd * 1e12)
      const figure = { tokens: row.totalTokens, cost, time: row.responseTimeMs }[condition.field]
      return figure !== null && isWithin(condition.range, figure)
    }
    case 'choice':
      return (condition.values as string[]).some((value) => hasChoice(`${condition.field}:${value}`, row))
  }
}

function hasChoice(choice: string, row: JudgedRow): boolean {
  const judged: { [Field in keyof Choices]: Record<Choices[Field], boolean> } = {
    status: {
      ok: row.error !== true && row.answered,
      error: row.error === true,
      unanswered: row.error !== true && !row.answered,
    },
    stream: { yes: row.stream === true, no: row.stream === false },
    has: {
      cost: row.costUsd !== null,
      cache: (row.cacheReadTokens ?? 0) > 0,
      tool: row.tools.length > 0,
      note: row.isNoted,
      pin: row.isPinned,
      tag: row.tags.length > 0,
    },
  }
  const [field, value] = choice.split(':') as [keyof Choices, string]
  return (judged[field] as Record<string, boolean>)[value]!
}

function isWithin(range: NumberRange, figure: number): boolean {
  switch (range.is) {
    case '>':
      return figure > range.value
    case '>=':
      return figure >= range.value
    case '<':
      return figure < range.value
    case '<=':
      return figure <= range.value
    case '=':
      return figure === range.value
    case '..':
      return figure >= range.from && figure <= range.to
  }
}

function toRegExp(pattern: Pattern): RegExp {
  const pieces = pattern.map((piece) => piece.toLowerCase().replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`^${pieces.join('[\\s\\S]*')}$`)
}
