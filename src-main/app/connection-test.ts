import type { ConnectionTest, TestStep } from '../contract/workspace'
import { asFailure } from '../core/failure'
import type { Log, SecretStore, SourceFacts } from '../core/ports'
import { probeFeed } from '../live/probe-feed'
import { createPostgresSource } from '../postgres/postgres-source'
import { utcTime } from './utc-time'

/** Tries a connection step by step, with its real parts, and says what works and what does not. */
export async function testConnection(options: {
  databaseUrl: string
  dashboardUrl: string | null
  apiKey: string | null
  secrets: SecretStore
  log: Log
}): Promise<ConnectionTest> {
  const { dashboardUrl, apiKey, secrets } = options
  const [database, feed] = await Promise.all([
    testDatabase(options.databaseUrl, options.log),
    dashboardUrl === null ? skippedFeed : testFeed(dashboardUrl, apiKey),
  ])
  const steps = [...database, feed, keychainStep(secrets)]
  return { passed: steps.every((step) => step.outcome !== 'failed'), steps }
}

async function testDatabase(databaseUrl: string, log: Log): Promise<TestStep[]> {
  const source = createPostgresSource({ databaseUrl, log })
  try {
    return describeFacts(await source.inspect())
  } catch (error) {
    const failure = asFailure(error)
    const isAboutTable = failure.code.startsWith('table-')
    const failed: TestStep = {
      name: isAboutTable ? 'table' : 'database',
      outcome: 'failed',
      detail: failure.message,
      failure: failure.toShape(),
    }
    return isAboutTable ? [{ name: 'database', outcome: 'passed', detail: 'The database answers.' }, failed] : [failed]
  } finally {
    await source.close()
  }
}

/** What the facts of a source say about it, step by step. */
export function describeFacts(facts: SourceFacts): TestStep[] {
  const missing = facts.missingColumns
  return [
    { name: 'database', outcome: 'passed', detail: `PostgreSQL ${facts.serverVersion} answers.` },
    {
      name: 'table',
      outcome: 'passed',
      detail:
        missing.length > 0 ? `Reads ${facts.table}, which has no ${missing.join(', ')}.` : `Reads ${facts.table}.`,
    },
    facts.roleCanWrite
      ? {
          name: 'rights',
          outcome: 'warning',
          detail: 'The role could write to the table. The app never does; a read-only role is safer.',
        }
      : { name: 'rights', outcome: 'passed', detail: 'The role can read and not write.' },
    describeRows(facts),
    facts.hasTimestampIndex
      ? { name: 'indexes', outcome: 'passed', detail: 'There is an index on the time.' }
      : {
          name: 'indexes',
          outcome: 'warning',
          detail: 'No index starts with the time column, so each look reads the whole table. See resources/sql.',
        },
  ]
}

function describeRows(facts: SourceFacts): TestStep {
  if (facts.newestMs === null) {
    return {
      name: 'rows',
      outcome: 'warning',
      detail: 'The table is empty. Check that the storage service of the proxy is on.',
    }
  }
  const amount =
    facts.estimatedRows > 0 ? `About ${facts.estimatedRows.toLocaleString('en')} requests` : 'Requests are there'
  return {
    name: 'rows',
    outcome: 'passed',
    detail: `${amount}, the newest from ${utcTime(facts.newestMs)}.`,
  }
}

const skippedFeed: TestStep = {
  name: 'feed',
  outcome: 'skipped',
  detail: 'No dashboard URL: the database is asked for news every few seconds.',
}

async function testFeed(dashboardUrl: string, apiKey: string | null): Promise<TestStep> {
  try {
    await probeFeed({ dashboardUrl, apiKey })
    return { name: 'feed', outcome: 'passed', detail: 'The event stream of the proxy is live.' }
  } catch (error) {
    const failure = asFailure(error)
    return { name: 'feed', outcome: 'failed', detail: failure.message, failure: failure.toShape() }
  }
}

function keychainStep(secrets: SecretStore): TestStep {
  if (secrets.kind === 'persisted') {
    return { name: 'keychain', outcome: 'passed', detail: 'Password and key will be kept in the keychain.' }
  }
  return { name: 'keychain', outcome: 'warning', detail: `${secrets.reason} They are kept for this session only.` }
}
