import type { Statements } from './session'

/** One step from the version before it: a transaction of these statements and the new version. */
interface Migration {
  version: number
  statements: readonly string[]
}

/** The oldest version that the steps lead on from. An older file is set aside and read from the source again. */
const oldestVersion = 3

/**
 * The way of a file from an older schema to that of `schema.ts`; the last step's version is the app's. A step that was
 * released is never changed, and names no constant of `schema.ts`, which moves on. A new column goes to the end of its
 * table here and there: rows are appended by place. After `ADD COLUMN` with a default comes `SET NOT NULL`.
 */
export const migrations: readonly Migration[] = [
  // Which database the rows came from, to know it again.
  { version: 4, statements: ['ALTER TABLE replica ADD COLUMN source_identity VARCHAR'] },
  // Which tools the answers called; answers that were read before are read for them again.
  {
    version: 5,
    statements: [
      'ALTER TABLE request ADD COLUMN tools_read UTINYINT DEFAULT 0',
      'ALTER TABLE request ALTER COLUMN tools_read SET NOT NULL',
      `CREATE TABLE tool_call (timestamp_us BIGINT NOT NULL, id UUID NOT NULL, domain UINTEGER NOT NULL,
        model UINTEGER NOT NULL, tool UINTEGER NOT NULL, calls INTEGER NOT NULL)`,
    ],
  },
  // Which prices the rows bear; without a row all are priced anew.
  {
    version: 6,
    statements: ['CREATE TABLE pricing_state (ledger_key VARCHAR NOT NULL, priced_from_us BIGINT NOT NULL)'],
  },
  // Which texts have which words; the texts that are here are read for it in the background.
  {
    version: 7,
    statements: [
      'CREATE TABLE text_doc (doc INTEGER NOT NULL, id UUID NOT NULL, whole UTINYINT NOT NULL)',
      'CREATE TABLE text_term (hash BIGINT NOT NULL, docs INTEGER[] NOT NULL)',
      'CREATE TABLE text_word (hash BIGINT NOT NULL, word VARCHAR NOT NULL)',
    ],
  },
  // How often a conversation made the same call; requests that were read before are not read for it again.
  {
    version: 8,
    statements: [
      'ALTER TABLE fingerprint ADD COLUMN repeated_calls INTEGER DEFAULT -1',
      'ALTER TABLE fingerprint ALTER COLUMN repeated_calls SET NOT NULL',
    ],
  },
  // The largest figures of each hour, by which a sorted page is found.
  {
    version: 9,
    statements: [
      ...['most_tokens', 'most_time_ms', 'most_cost_pico'].flatMap((column) => [
        `ALTER TABLE hourly ADD COLUMN ${column} DOUBLE DEFAULT -1`,
        `ALTER TABLE hourly ALTER COLUMN ${column} SET NOT NULL`,
      ]),
      `UPDATE hourly SET most_tokens = peak.tokens, most_time_ms = peak.time_ms, most_cost_pico = peak.cost_pico FROM (
        SELECT timestamp_us // 3600000000 AS hour, domain, model, greatest(max(input_tokens::BIGINT + output_tokens), -1)::DOUBLE AS tokens,
          greatest(max(response_time_ms) FILTER (source_nulls < 4), -1)::DOUBLE AS time_ms,
          greatest(max(cost_pico) FILTER (pricing = 0), -1)::DOUBLE AS cost_pico FROM request GROUP BY ALL
      ) peak WHERE hourly.hour = peak.hour AND hourly.domain = peak.domain AND hourly.model = peak.model`,
    ],
  },
]

/** Another version on disk is brought here step by step, or set aside where no step leads on from it. */
export const schemaVersion = migrations.at(-1)?.version ?? oldestVersion

/** Whether the steps lead from that version to the app's. */
export function canMigrate(version: number): boolean {
  return version >= oldestVersion && version <= schemaVersion
}

/** Takes a file from `version` to that of the last step. A step that fails leaves the file as it was before it. */
export async function migrate(
  statements: Statements,
  version: number,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  for (const step of steps) {
    if (step.version <= version) continue
    await statements.transaction(async () => {
      for (const sql of step.statements) await statements.run(sql)
      await statements.run(`UPDATE replica SET schema_version = ${step.version}`)
    })
  }
}
