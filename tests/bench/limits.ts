import { DuckDBInstance } from '@duckdb/node-api'
import { formatMs, measureInTurn, table } from './measure'

/** What DuckDB takes for the barest form of a question, on the same file with the same memory: no answer can be quicker. */
export async function measureLimits(path: string): Promise<string> {
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '256MB' })
  const connection = await instance.connect()
  const read = async (sql: string): Promise<string[]> =>
    (await (await connection.run(sql)).getRowsJson()).map(([value]) => String(value))
  const slowest = 'FROM request ORDER BY response_time_ms DESC LIMIT 51'
  const last = (await read(`SELECT response_time_ms ${slowest}`)).at(-1)
  const moments = (await read(`SELECT timestamp_us ${slowest}`)).join(', ')
  const [id] = await read('SELECT id FROM request OFFSET 5000 LIMIT 1')
  const questions: Record<string, string> = {
    'the 51 longest response times, nothing else': `SELECT response_time_ms ${slowest}`,
    'the whole rows that have them, once the last one is known': `SELECT * FROM request WHERE response_time_ms >= ${last}`,
    'the same rows by their times': `SELECT * FROM request WHERE timestamp_us IN (${moments})`,
    'the 51 largest sums of tokens, nothing else':
      'SELECT input_tokens::BIGINT + output_tokens AS tokens FROM request ORDER BY tokens DESC LIMIT 51',
    'the count of rows with more than 20,000 tokens':
      'SELECT count(*) FROM request WHERE input_tokens::BIGINT + output_tokens > 20000',
    'the time of one id': `SELECT timestamp_us FROM request WHERE id = '${id}'::UUID`,
  }
  const works = Object.entries(questions).map(([name, sql]) => ({ name, run: () => read(sql) }))
  const measured = await measureInTurn(works, 15)
  connection.closeSync()
  instance.closeSync()
  return table(
    ['the limit: DuckDB alone, in the same run', 'median', 'fastest'],
    works.map(({ name }) => [name, formatMs(measured.get(name)!.medianMs), formatMs(measured.get(name)!.fastestMs)]),
  )
}
