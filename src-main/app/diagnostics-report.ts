import type { DiagnosticCheck } from '../contract/diagnostics'
import type { Workspace } from '../contract/workspace'

export interface HostFacts {
  name: string
  version: string
}

/** The checks as plain text for a ticket or a mail. */
export function writeReport(options: {
  takenAt: string
  host: HostFacts
  workspace: Workspace
  checks: readonly DiagnosticCheck[]
}): string {
  const { takenAt, host, workspace, checks } = options
  const { platform, arch, versions } = process
  const { sync, feed, source } = workspace
  const lines = [
    `Nexus Desktop ${host.version} (${host.name}), ${platform} ${arch}, Node ${versions.node}, ${takenAt}`,
    `Workspace: ${workspace.kind}, database ${source?.state ?? 'none'}, sync ${sync?.phase ?? 'none'}` +
      ` (${Math.round((sync?.progress ?? 0) * 100)} %, ${sync?.usagePending ?? 0} usages to read), feed ${feed?.state ?? 'off'}`,
    '',
    ...checks.flatMap(({ name, outcome, detail, advice }) => [
      `[${outcome}] ${name}: ${detail}`,
      ...(advice === null ? [] : [`    ${advice}`]),
    ]),
  ]
  return `${lines.join('\n')}\n`
}
