import type { DiagnosticCheck, Diagnostics } from '../contract/diagnostics'
import type { Workspace } from '../contract/workspace'
import { asFailure } from '../core/failure'
import type { SecretStore } from '../core/ports'
import type { ReplicaStore } from '../replica/open-replica'
import type { AppApi } from '../rpc/app-api'
import { checkFeed, tryFeed } from './diagnostics-feed'
import { writeReport, type HostFacts } from './diagnostics-report'
import { checkSource } from './diagnostics-source'
import type { OpenWorkspace } from './open-workspace'
import { utcTime } from './utc-time'
import type { Workspaces } from './workspaces'

/**
 * Tries each part that the figures come through and says what to do about those that fail. Only reads: the source is
 * asked for its facts, the event stream is opened once.
 */
export function createDiagnosticsApi(options: {
  workspaces: Workspaces
  secrets: SecretStore
  host: HostFacts
  /** Whether DASHBOARD_API_KEY is set; null where nobody signs in. */
  hasSignInKey: boolean | null
  /** Takes known secrets out of a text. */
  clean(text: string): string
}): AppApi['diagnostics'] {
  const { workspaces, secrets, host, hasSignInKey, clean } = options
  let running: Promise<Diagnostics> | null = null

  async function run(): Promise<Diagnostics> {
    const takenAt = new Date().toISOString()
    const workspace = workspaces.state()
    const checks = [
      ...(hasSignInKey === null ? [] : [signInCheck(hasSignInKey)]),
      ...(await checkWorkspace()),
      keychainCheck(secrets),
    ].map((check) => ({ ...check, detail: clean(check.detail), advice: check.advice && clean(check.advice) }))
    return { takenAt, checks, report: clean(writeReport({ takenAt, host, workspace, checks })) }
  }

  async function checkWorkspace(): Promise<DiagnosticCheck[]> {
    let open: OpenWorkspace
    try {
      open = workspaces.open()
    } catch (error) {
      const { code, message, hint } = asFailure(error)
      const name = code.startsWith('replica-') ? 'replica' : 'database'
      return [{ name, outcome: 'failed', detail: message, advice: hint, sql: null }]
    }
    const [source, probe, replica] = await Promise.all([
      checkSource(open.source),
      tryFeed(open.probeFeed),
      checkReplica(open.replica, open.state()),
    ])
    return [...source, ...checkFeed(probe, open.hasFeedKey, open.state().feed), replica]
  }

  return {
    // Whoever asks meanwhile gets the same answer: a page that is impatient must not load the source.
    run: () => (running ??= run().finally(() => (running = null))),
  }
}

function signInCheck(hasKey: boolean): DiagnosticCheck {
  const detail = hasKey
    ? 'DASHBOARD_API_KEY is set.'
    : 'DASHBOARD_API_KEY is not set: signing in goes by the link that the start prints.'
  const advice = hasKey ? null : 'Set DASHBOARD_API_KEY so that others can sign in, and after a restart too.'
  return { name: 'sign-in', outcome: hasKey ? 'passed' : 'warning', detail, advice, sql: null }
}

function keychainCheck({ kind, reason }: SecretStore): DiagnosticCheck {
  const check = { name: 'keychain' as const, sql: null }
  if (kind === 'persisted') {
    return { ...check, outcome: 'passed', detail: 'Passwords and keys are kept in the keychain.', advice: null }
  }
  return {
    ...check,
    outcome: 'warning',
    detail: `${reason} Passwords and keys are kept for this session only.`,
    advice: "Install and unlock the system's keychain (on Linux a Secret Service), then start the app again.",
  }
}

async function checkReplica(replica: ReplicaStore, { sync }: Workspace): Promise<DiagnosticCheck> {
  const check = { name: 'replica' as const, sql: null }
  try {
    const [{ rows }, bytes] = await Promise.all([replica.counts(), replica.bytesOnDisk()])
    const asOf = replica.asOf()
    const amount = `${rows.toLocaleString('en')} ${rows === 1 ? 'request' : 'requests'} in ${(bytes / 1e6).toFixed(1)} MB`
    const detail = `${amount}, ${asOf === null ? 'not read from the database yet' : `as of ${utcTime(asOf)}`}.`
    if (sync?.failure) {
      const { code, message, hint } = sync.failure
      const outcome = code.startsWith('replica-') ? 'failed' : 'warning'
      return { ...check, outcome, detail: `${detail} It is not kept up: ${message}`, advice: hint ?? null }
    }
    const advice = 'Nothing is to be done: it is being read again.'
    if (replica.notice !== null) return { ...check, outcome: 'warning', detail: `${detail} ${replica.notice}`, advice }
    return { ...check, outcome: asOf === null ? 'warning' : 'passed', detail, advice: null }
  } catch (error) {
    const { message, hint } = asFailure(error)
    return { ...check, outcome: 'failed', detail: message, advice: hint }
  }
}
