import type { AlertNotice } from '../../contract/alerts'
import type { BudgetState } from '../../contract/budgets'
import type { Costs } from '../../contract/costs'
import type { DomainShare, Stats } from '../../contract/usage'

/** All that a report tells, as the screens have it for the same period. */
export interface ReportContent {
  name: string
  workspace: string
  /** '' for all requests. */
  q: string
  timeZone: string
  fromMs: number
  toMs: number
  /** Null where it was asked for by hand. */
  dueMs: number | null
  madeMs: number
  isLate: boolean
  stats: Stats
  /** Domains by models. */
  costs: Costs
  /** Requests that failed, by domain. */
  errors: DomainShare[]
  /** Where the budgets stood when the period ended. They are of all requests, whatever the query. */
  budgets: BudgetState[]
  /** Notices of the period, newest first. */
  notices: AlertNotice[]
  /** Milliseconds of the period that the local copy does not have. */
  missingMs: number
}
