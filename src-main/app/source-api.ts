import type { AskedReport, DatabaseAdvice } from '../contract/source'
import type { SourceFacts } from '../core/ports'
import type { AppApi } from '../rpc/app-api'
import type { Workspaces } from './workspaces'

/** What the open workspace asked its database, what that cost, and what would make it cheaper or safer. */
export function createSourceApi(workspaces: Workspaces): AppApi['source'] {
  return {
    async asked(): Promise<AskedReport> {
      const { source, sync, since, facts } = workspaces.open()
      const { statements, open, most } = source.asked()
      const known = facts()
      return {
        since,
        statements,
        connections: { open, most },
        comparison: sync.comparison(),
        advice: known && adviceOf(known),
      }
    },
  }
}

function adviceOf({ roleCanWrite, hasTimestampIndex, table, advisedSql }: SourceFacts): DatabaseAdvice[] {
  const advice: DatabaseAdvice[] = []
  if (roleCanWrite) {
    const text = `The role of this connection could write to ${table}. The app never does; a role that may only read is safer.`
    advice.push({ name: 'role', text, sql: advisedSql.readOnlyRole })
  }
  if (!hasTimestampIndex) {
    const text =
      advisedSql.timestampIndex === null
        ? `${table} is a view or a foreign table: an index on the time of the table behind it would spare it a scan for each look.`
        : `${table} has no index that begins with its time, so each look reads all of it. Run this as the owner of the table.`
    advice.push({ name: 'index', text, sql: advisedSql.timestampIndex })
  }
  return advice
}
