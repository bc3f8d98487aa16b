import type { DiagnosticCheck } from '../contract/diagnostics'
import type { TestStep } from '../contract/workspace'
import { asFailure } from '../core/failure'
import type { Source, SourceFacts } from '../core/ports'
import { describeFacts } from './connection-test'

const names = ['database', 'table', 'rights', 'rows', 'indexes', 'clock'] as const
type Name = (typeof names)[number]

/** Clocks that are further apart than this move rows out of the window that they belong to. */
const acceptedSkewMs = 5000
/** A table without a newer row is worth a look at the proxy. */
const quietAfterMs = 24 * 3_600_000

/** Database, table, rights, rows, indexes and clock; what lies behind the first that fails is skipped. Never throws. */
export async function checkSource(source: Source): Promise<DiagnosticCheck[]> {
  let checks: DiagnosticCheck[]
  try {
    const facts = await source.inspect()
    checks = [...describeFacts(facts).map((step) => withAdvice(step, facts)), await checkClock(source)]
  } catch (error) {
    checks = checksOfFailure(error)
  }
  return names.map((name) => checks.find((check) => check.name === name) ?? skipped(name))
}

function checksOfFailure(error: unknown): DiagnosticCheck[] {
  const { code, message, hint } = asFailure(error)
  const failed = { outcome: 'failed' as const, detail: message, advice: hint, sql: null }
  if (!code.startsWith('table-')) return [{ name: 'database', ...failed }]
  return [
    { name: 'database', outcome: 'passed', detail: 'The database answers.', advice: null, sql: null },
    { name: code === 'table-not-readable' ? 'rights' : 'table', ...failed },
  ]
}

function skipped(name: Name): DiagnosticCheck {
  const detail = 'Not looked at, as something before it failed.'
  return { name, outcome: 'skipped', detail, advice: null, sql: null }
}

function withAdvice(step: TestStep, facts: SourceFacts): DiagnosticCheck {
  const check = { name: step.name as Name, outcome: step.outcome, detail: step.detail, advice: null, sql: null }
  const { timestampIndex, readOnlyRole } = facts.advisedSql
  if (check.name === 'rights' && facts.roleCanWrite) {
    const advice = 'Make a role that may only read, and use it in the connection.'
    return { ...check, advice, sql: readOnlyRole }
  }
  if (check.name === 'indexes' && !facts.hasTimestampIndex) {
    return timestampIndex === null
      ? { ...check, advice: 'It is a view or a foreign table: make the index on the table behind it.' }
      : { ...check, advice: 'Run this as the owner of the table; the proxy can go on writing.', sql: timestampIndex }
  }
  if (check.name !== 'rows') return check
  const advice = "Check that the proxy's storage service is on, and look for errors in the proxy's log."
  if (facts.newestMs === null) return { ...check, advice }
  const quietMs = facts.clockMs - facts.newestMs
  return quietMs > quietAfterMs ? { ...check, outcome: 'warning', advice } : check
}

/** How far the database's clock is from this machine's, to within half of the time that the question took. */
async function checkClock(source: Source): Promise<DiagnosticCheck> {
  const name = 'clock'
  try {
    const askedMs = Date.now()
    const databaseMs = await source.clockMs()
    const answeredMs = Date.now()
    const skewMs = Math.round(databaseMs - (askedMs + answeredMs) / 2)
    const isClose = Math.abs(skewMs) <= acceptedSkewMs + (answeredMs - askedMs) / 2
    const apart = `${(Math.abs(skewMs) / 1000).toFixed(1)} s`
    const way = skewMs < 0 ? 'behind' : 'ahead of'
    return {
      name,
      outcome: isClose ? 'passed' : 'warning',
      detail: isClose
        ? `The database's clock and this machine's agree to ${apart}.`
        : `The database's clock is ${apart} ${way} this machine's, so windows begin and end too early or too late.`,
      advice: isClose ? null : 'Set both clocks by the network time, most likely the one of this machine.',
      sql: null,
    }
  } catch (error) {
    const { message, hint } = asFailure(error)
    return { name, outcome: 'failed', detail: message, advice: hint, sql: null }
  }
}
