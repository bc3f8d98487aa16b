import { codesOf } from './visit-blocks'
import { cellWidth, type Block } from './load-blocks'
import { planBlocks, quarterUs } from './plan-blocks'
import type { ReadContext } from './read-context'
import type { Statements } from './session'
import { hourUs, usFromMs } from './time-units'
import type { QueryWindow } from '../core/ports'

export interface HourCount {
  /** Since 1970. */
  hour: number
  count: number
}

/** Places in a cell. */
const requests = 2
const errors = cellWidth - 2
const lastUs = cellWidth - 1

/** Longer windows are counted by the tables. */
const mostHours = 20_000

/**
 * Requests, or errors, by hour from memory, newest hour first; hours without any are left out. Null where the tables
 * must say.
 */
export async function countHoursInMemory(
  statements: Statements,
  { words, rolledUntilHour, memory }: ReadContext,
  asked: { window: QueryWindow; errorsOnly: boolean },
): Promise<HourCount[] | null> {
  const { window, errorsOnly } = asked
  if (memory === null || window.query !== undefined) return null
  const { blocks, mark } = memory
  const bounds = blocks.bounds() ?? (await blocks.loadBounds(statements, mark))
  const codes = codesOf(words, window)
  if (bounds === null || codes === null || bounds.toUs - bounds.fromUs > mostHours * hourUs) return null
  const segments = planBlocks(window, [], { rolledUntilHour, bounds })
  if (!(await blocks.load(statements, segments, mark))) return null
  const range = { fromUs: usFromMs(window.fromMs), toUs: usFromMs(window.toMs) }
  const counts = new Map<number, number>()
  for (const segment of segments) {
    const block = blocks.get(segment)
    if (!block) return null
    const hour = segment.kind === 'hour' ? segment.index : Math.floor((segment.index * quarterUs) / hourUs)
    const of = { ...codes, figure: errorsOnly ? errors : requests }
    const count = segment.kind === 'rows' ? countRows(block, of, range) : countCells(block, of)
    if (count > 0) counts.set(hour, (counts.get(hour) ?? 0) + count)
  }
  memory.isUsed = true
  return [...counts].map(([hour, count]) => ({ hour, count })).sort((a, b) => b.hour - a.hour)
}

interface Counted {
  /** -1 is any. */
  domain: number
  model: number
  figure: number
}

/** What was counted once: a block never changes. */
const known = new WeakMap<Block, Map<string, number>>()
const mostKnown = 16

function countCells(block: Block, of: Counted): number {
  const key = `${of.domain} ${of.model} ${of.figure}`
  let counts = known.get(block)
  if (!counts || counts.size > mostKnown) known.set(block, (counts = new Map()))
  let count = counts.get(key)
  if (count === undefined) counts.set(key, (count = countRows(block, of, { fromUs: -Infinity, toUs: Infinity })))
  return count
}

function countRows(
  { values }: Block,
  { domain, model, figure }: Counted,
  { fromUs, toUs }: { fromUs: number; toUs: number },
): number {
  let count = 0
  for (let cell = 0; cell < values.length; cell += cellWidth) {
    if (domain >= 0 && values[cell] !== domain) continue
    if (model >= 0 && values[cell + 1] !== model) continue
    if (values[cell + lastUs]! < fromUs || values[cell + lastUs]! >= toUs) continue
    count += values[cell + figure]!
  }
  return count
}
