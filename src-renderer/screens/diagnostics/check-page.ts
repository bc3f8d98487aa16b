import type { DiagnosticCheck } from '../../../src-main/contract/diagnostics'

export type PageCheck = Omit<DiagnosticCheck, 'name'> & { name: 'page' }

/**
 * What only the page knows: whether it hears its own host. Calls that are answered while nothing is heard are the
 * mark of a reverse proxy that collects an answer until it ends.
 */
export function checkPage(link: 'connecting' | 'open' | 'lost'): PageCheck {
  const check = { name: 'page' as const, sql: null }
  if (link === 'open') {
    return { ...check, outcome: 'passed', detail: 'The page hears changes from the app as they happen.', advice: null }
  }
  return {
    ...check,
    outcome: 'warning',
    detail: 'Calls are answered, but the page does not hear changes from the app.',
    advice: 'A reverse proxy before the dashboard may hold them: turn response buffering off for /dashboard.',
  }
}
