import type { RequestRow } from '../../contract/conversations'
import type { NotificationRule, NotificationSettings } from '../../contract/notifications'

/** `wait` where something is not read yet that could still change the verdict. */
export type Verdict = 'tell' | 'drop' | 'wait'

/** The domain's own rule, or the one for all others. */
export function ruleFor(domain: string | null, settings: NotificationSettings): NotificationRule {
  return settings.domainRules.find((each) => each.domain === (domain ?? ''))?.rule ?? settings.rule
}

/** `isFirst`: whether the request begins its conversation; undefined while that is not known. */
export function judgeRequest(row: RequestRow, rule: NotificationRule, isFirst: boolean | undefined): Verdict {
  switch (rule.kind) {
    case 'all':
      return 'tell'
    case 'never':
      return 'drop'
    case 'first':
      return isFirst === undefined ? 'wait' : isFirst ? 'tell' : 'drop'
    case 'errors':
      return row.error === null ? 'wait' : row.error ? 'tell' : 'drop'
    case 'above-cost':
      // Before the answer is read the cost lacks the cache's share: it only grows.
      if (row.costUsd !== null && row.costUsd > rule.costUsd) return 'tell'
      return row.error === null ? 'wait' : 'drop'
  }
}

/** Whether any rule asks for the first requests of conversations, which takes another look. */
export function asksForFirst(settings: NotificationSettings): boolean {
  return [settings.rule, ...settings.domainRules.map(({ rule }) => rule)].some(({ kind }) => kind === 'first')
}
