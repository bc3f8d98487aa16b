import type { RequestRow } from '../../contract/conversations'
import type { NotificationRule, NotificationSettings } from '../../contract/notifications'

/** `wait` where the row's answer is not read yet and could still change the verdict. */
export type Verdict = 'tell' | 'drop' | 'wait'

/** The domain's own rule, or the one for all others. */
export function ruleFor(domain: string | null, settings: NotificationSettings): NotificationRule {
  return settings.domainRules.find((each) => each.domain === (domain ?? ''))?.rule ?? settings.rule
}

export function judgeRequest(row: RequestRow, rule: NotificationRule): Verdict {
  switch (rule.kind) {
    case 'all':
      return 'tell'
    case 'never':
      return 'drop'
    case 'errors':
      return row.error === null ? 'wait' : row.error ? 'tell' : 'drop'
    case 'above-cost':
      // Before the answer is read the cost lacks the cache's share: it only grows.
      if (row.costUsd !== null && row.costUsd > rule.costUsd) return 'tell'
      return row.error === null ? 'wait' : 'drop'
  }
}
