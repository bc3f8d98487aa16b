import type { RequestRow } from '../../contract/conversations'
import type { AppNotification } from '../../contract/notifications'

/** Requests of one domain that are told of together. */
export interface NewsGroup {
  domain: string | null
  count: number
  errors: number
  /** US dollars of those that have a price. */
  costUsd: number
  newest: RequestRow
}

/** `rows` joined to `former`, the largest group first. */
export function groupNews(rows: RequestRow[], former: NewsGroup[] = []): NewsGroup[] {
  const groups = new Map(former.map((group) => [group.domain, { ...group }]))
  for (const row of rows) {
    const group = groups.get(row.domain) ?? { domain: row.domain, count: 0, errors: 0, costUsd: 0, newest: row }
    group.count += 1
    group.errors += row.error ? 1 : 0
    group.costUsd += row.costUsd ?? 0
    if (row.timestamp > group.newest.timestamp) group.newest = row
    groups.set(row.domain, group)
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

/** One request by its figures, several of a domain by their number. */
export function describeGroup(group: NewsGroup): AppNotification {
  const { domain, count, errors, newest } = group
  const place = domain ?? 'requests without a domain'
  const isError = errors > 0
  if (count > 1) {
    const title = `${count} new in ${place}`
    const path = `conversations?domain=${encodeURIComponent(domain ?? '')}`
    return { id: newest.id, title, body: sums([group]), path, isError }
  }
  const title = isError ? `Failed in ${place}` : `New in ${place}`
  const parts = [newest.model, tokens(newest.totalTokens), newest.costUsd === null ? null : money(newest.costUsd)]
  const body = parts.filter((part) => part !== null).join(' · ')
  return { id: newest.id, title, body, path: `conversation/${newest.id}`, isError }
}

/** Several groups in one notification, for when there is no room for one each. */
export function describeRest(groups: [NewsGroup, ...NewsGroup[]]): AppNotification {
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  return {
    id: groups[0].newest.id,
    title: `${count} new in ${groups.length} domains`,
    body: sums(groups),
    path: 'conversations',
    isError: groups.some((group) => group.errors > 0),
  }
}

function sums(groups: NewsGroup[]): string {
  const errors = groups.reduce((sum, group) => sum + group.errors, 0)
  const costUsd = groups.reduce((sum, group) => sum + group.costUsd, 0)
  return [errors > 0 ? `${errors} failed` : null, costUsd > 0 ? `${money(costUsd)} in all` : null]
    .filter((part) => part !== null)
    .join(' · ')
}

function tokens(count: number): string | null {
  return count === 0 ? null : `${count.toLocaleString('en-US')} tokens`
}

function money(costUsd: number): string {
  return costUsd > 0 && costUsd < 0.01
    ? 'under $0.01'
    : costUsd.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
}
