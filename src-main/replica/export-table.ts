import type { TableColumns } from '../core/ports'
import { defused, fileOptions, quoted } from './export-rows'
import type { Statements } from './session'

const types: Record<TableColumns[string], string> = { text: 'VARCHAR', count: 'BIGINT', number: 'DOUBLE' }

/** A file of JSON lines as a table of its own. Names of columns are the app's own. */
export async function exportTable(
  statements: Statements,
  fromPath: string,
  columns: TableColumns,
  { path, format }: { path: string; format: 'csv' | 'parquet' },
): Promise<void> {
  const described = Object.entries(columns).map(([name, type]) => `'${name}': '${types[type]}'`)
  const selected = Object.entries(columns).map(([name, type]) =>
    format === 'csv' && type === 'text' ? `${defused(`"${name}"`)} AS "${name}"` : `"${name}"`,
  )
  await statements.run(`COPY (
    SELECT ${selected.join(', ')}
    FROM read_json(${quoted(fromPath)}, format = 'newline_delimited', columns = {${described.join(', ')}})
  ) TO ${quoted(path)} (${fileOptions[format]})`)
}
