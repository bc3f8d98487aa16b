import type { ConsoleCost, ReconciledRow, Reconciliation } from '../../contract/reconciliation'
import type { CostCell } from '../ports'

export interface ReconcileQuestion {
  console: readonly ConsoleCost[]
  /** Our costs by UTC day; `bucket` counts `days`. */
  cells: readonly CostCell[]
  /** `2026-11-20`, ascending, without gaps: all days of the file. */
  days: readonly string[]
  /** The price list's id of a model, by any spelling or by its name; null for one that it does not know. */
  modelOf(text: string): string | null
}

interface Entry {
  day: string
  model: string
  consoleUsd: number | null
  listUsd: number | null
  ownUsd: number | null
  requests: number
  unpriced: number
  pending: number
}

/** Both books round: the console to cents a line, we not at all. */
const leastUsd = 0.01
const leastShare = 0.005

/** Lays the console's costs beside ours, by UTC day and model, and says where they part and why that may be. */
export function reconcileCosts(
  question: ReconcileQuestion,
): Pick<Reconciliation, 'consoleUsd' | 'ownUsd' | 'rows' | 'notes'> {
  const entries = collect(question)
  const byPlace = new Map(entries.map((entry) => [placeOf(entry.day, entry.model), entry]))
  const { days } = question
  const neighbours = (entry: Entry): Entry[] =>
    [-1, 1].flatMap((step) => byPlace.get(placeOf(days[days.indexOf(entry.day) + step] ?? '', entry.model)) ?? [])
  const rows = entries
    .map((entry): ReconciledRow => {
      const verdict = verdictOf(entry)
      const { day, model, consoleUsd, ownUsd, requests, unpriced } = entry
      const reason = verdict === 'agrees' ? '' : reasonsOf(entry, verdict, neighbours(entry)).join(' ')
      return { day, model, consoleUsd, ownUsd, requests, unpricedRequests: unpriced, verdict, reason }
    })
    .toSorted((a, b) => a.day.localeCompare(b.day) || sizeOf(b) - sizeOf(a))
  const sum = (of: (entry: Entry) => number | null): number => entries.reduce((all, entry) => all + (of(entry) ?? 0), 0)
  const consoleUsd = sum((entry) => entry.consoleUsd)
  const ownUsd = sum((entry) => entry.ownUsd)
  return { consoleUsd, ownUsd, rows, notes: notesOf(entries, consoleUsd, ownUsd) }
}

function collect({ console, cells, days, modelOf }: ReconcileQuestion): Entry[] {
  const entries = new Map<string, Entry>()
  const at = (day: string, text: string): Entry => {
    const model = text === '' ? '' : (modelOf(text) ?? text.trim().toLowerCase())
    const place = placeOf(day, model)
    let entry = entries.get(place)
    if (!entry) {
      entry = { day, model, consoleUsd: null, listUsd: null, ownUsd: null, requests: 0, unpriced: 0, pending: 0 }
      entries.set(place, entry)
    }
    return entry
  }
  for (const { day, model, costUsd, listUsd } of console) {
    const entry = at(day, model)
    entry.consoleUsd = (entry.consoleUsd ?? 0) + costUsd
    if (listUsd !== null) entry.listUsd = (entry.listUsd ?? 0) + listUsd
  }
  for (const { bucket, model, costUsd, requests, unpricedRequests, usagePending } of cells) {
    const day = days[bucket]
    if (day === undefined || (costUsd === 0 && unpricedRequests === 0)) continue
    const entry = at(day, model ?? '')
    entry.ownUsd = (entry.ownUsd ?? 0) + costUsd
    entry.requests += requests
    entry.unpriced += unpricedRequests
    entry.pending += usagePending
  }
  return [...entries.values()]
}

function placeOf(day: string, model: string): string {
  return `${day} ${model}`
}

function sizeOf({ consoleUsd, ownUsd }: Pick<Entry, 'consoleUsd' | 'ownUsd'>): number {
  return Math.max(Math.abs(consoleUsd ?? 0), Math.abs(ownUsd ?? 0))
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(leastUsd, leastShare * Math.max(Math.abs(a), Math.abs(b)))
}

function verdictOf({ consoleUsd, ownUsd }: Entry): ReconciledRow['verdict'] {
  if (isNear(consoleUsd ?? 0, ownUsd ?? 0)) return 'agrees'
  return ownUsd === null ? 'console-only' : consoleUsd === null ? 'own-only' : 'differs'
}

function reasonsOf(entry: Entry, verdict: ReconciledRow['verdict'], neighbours: Entry[]): string[] {
  const { consoleUsd, listUsd, ownUsd, unpriced, pending, model } = entry
  if (verdict === 'console-only') {
    return model === ''
      ? ['Costs without a model, as web searches and code execution: ours have searches with the model that made them.']
      : ['Nothing of it passed the proxy: another key or workspace, or days that are not kept here.']
  }
  if (verdict === 'own-only') {
    return [
      'The file has nothing of it: another organisation or a cloud platform billed it, or the file is of fewer workspaces.',
    ]
  }
  const reasons: string[] = []
  const ratio = ownUsd === 0 ? Infinity : consoleUsd! / ownUsd!
  if (unpriced > 0) reasons.push(`${unpriced} of its requests have no price here: add one.`)
  if (pending > 0) reasons.push(`The cache tokens of ${pending} of its requests are still to be read.`)
  const shifted = neighbours.find(
    (other) =>
      other.consoleUsd !== null &&
      other.ownUsd !== null &&
      !isNear(other.consoleUsd, other.ownUsd) &&
      isNear(other.consoleUsd + consoleUsd!, other.ownUsd + ownUsd!),
  )
  if (shifted) reasons.push(`With ${shifted.day} it agrees: requests around midnight UTC are on the other day there.`)
  else if (listUsd !== null && consoleUsd! > 0 && !isNear(listUsd, consoleUsd!) && isNear(listUsd, ownUsd!)) {
    const percent = ((1 - consoleUsd! / listUsd) * 100).toFixed(1).replace(/\.0$/, '')
    reasons.push(`Its list price agrees: you are billed ${percent}% less, which a discount here would show.`)
  } else if (Math.abs(ratio - 0.5) < 0.02) {
    reasons.push('It is half of ours: batches, which these requests are not marked as.')
  } else if (Math.abs(ratio - 1.1) < 0.01) {
    reasons.push('It is 1.1 times ours: kept inside the US, which these requests are not marked as.')
  } else if (ratio > 1) {
    reasons.push('The console has more: requests beside the proxy, or answers that it did not store whole.')
  } else {
    reasons.push(
      'The console has less: a discount or credit, attempts that were not billed, or a file of fewer workspaces.',
    )
  }
  return reasons
}

function notesOf(entries: readonly Entry[], consoleUsd: number, ownUsd: number): string[] {
  const notes: string[] = []
  const count = (verdict: ReconciledRow['verdict']): number =>
    entries.filter((entry) => verdictOf(entry) === verdict).length
  notes.push(
    `${count('agrees')} of ${entries.length} models and days agree within a cent or 0.5%; ${count('differs')} differ, ` +
      `${count('console-only')} are in the file alone and ${count('own-only')} here alone.`,
  )
  const ratios = entries.flatMap(({ consoleUsd: theirs, ownUsd: ours }) =>
    theirs !== null && ours !== null && ours > leastUsd ? [theirs / ours] : [],
  )
  const first = ratios[0]
  if (ratios.length > 2 && first !== undefined && Math.abs(first - 1) > leastShare) {
    const isSame = ratios.every((ratio) => Math.abs(ratio / first - 1) < leastShare)
    if (isSame)
      notes.push(`The console is ${(first * 100).toFixed(1)}% of ours throughout: one rate or discount explains it.`)
  }
  if (isNear(consoleUsd, ownUsd)) notes.push('The totals agree.')
  return notes
}
