import type { BudgetTarget } from '../../../src-main/contract/budgets'
import { domainName, modelName } from '../../format/names'

/** What a budget is of, as shown. */
export function targetName(target: BudgetTarget): string {
  switch (target.kind) {
    case 'all':
      return 'Everything'
    case 'domain':
      return domainName(target.key)
    case 'model':
      return modelName(target.key)
    case 'team':
      return target.key
  }
}
