import type { SourceFacts } from '../core/ports'
import { quoteIdentifier, type RequestTable } from './request-table'

/** `pg_class.relkind` of a partitioned table, which takes an index only without CONCURRENTLY. */
const partitioned = 'p'
/** Views and foreign tables take no index at all. */
const withoutIndexes = ['v', 'f']

/** SQL that a person may run against the source, in the names of their own table. */
export function advisedSql(table: RequestTable, kind: string): SourceFacts['advisedSql'] {
  const [schema] = /^"(?:[^"]|"")*"/.exec(table.name) ?? []
  const how = kind === partitioned ? '' : ' CONCURRENTLY'
  return {
    timestampIndex: withoutIndexes.includes(kind)
      ? null
      : `CREATE INDEX${how} ON ${table.name} (${quoteIdentifier(table.timestamp.plainName)} DESC);`,
    readOnlyRole: [
      "CREATE ROLE nexus_reader LOGIN PASSWORD 'choose-one';",
      `GRANT USAGE ON SCHEMA ${schema} TO nexus_reader;`,
      `GRANT SELECT ON ${[table.name, ...(table.chunks ? [table.chunks.name] : [])].join(', ')} TO nexus_reader;`,
    ].join('\n'),
  }
}
