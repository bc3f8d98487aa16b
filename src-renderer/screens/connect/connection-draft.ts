import type { Connection, ConnectionDraft } from '../../../src-main/contract/workspace'

/** The form as it is typed. */
export interface ConnectionForm {
  name: string
  colour: Connection['colour']
  databaseUrl: string
  dashboardUrl: string
  apiKey: string
  /** The stored key is to be forgotten; only when editing. */
  dropsApiKey: boolean
}

export type Problems = Partial<Record<'name' | 'databaseUrl' | 'dashboardUrl', string>>

/** What the two addresses look like. */
export const examples = {
  databaseUrl: 'postgresql://user:password@host:5432/database',
  dashboardUrl: 'https://proxy.example.com/dashboard',
}

/** A new form, or one that holds a saved connection. Secrets never come back into it. */
export function toForm(connection: Connection | null): ConnectionForm {
  return {
    name: connection?.name ?? '',
    colour: connection?.colour ?? 'indigo',
    databaseUrl: connection?.databaseUrl ?? '',
    dashboardUrl: connection?.dashboardUrl ?? '',
    apiKey: '',
    dropsApiKey: false,
  }
}

/** What is plainly missing or mistyped, by field; whatever needs a look at the world is left to the test. */
export function findProblems(form: ConnectionForm): Problems {
  const problems: Problems = {}
  if (form.name.trim() === '') problems.name = 'Give the connection a name.'
  if (!/^postgres(?:ql)?:\/\/\S+$/.test(form.databaseUrl.trim())) {
    problems.databaseUrl = `Enter a URL such as ${examples.databaseUrl}.`
  }
  const dashboardUrl = form.dashboardUrl.trim()
  if (dashboardUrl !== '' && !/^https?:\/\/\S+$/.test(dashboardUrl)) {
    problems.dashboardUrl = `Enter a URL such as ${examples.dashboardUrl}, or leave it empty.`
  }
  return problems
}

/** The form as the app takes it. A key that was not typed keeps the stored one. */
export function toDraft(form: ConnectionForm, id: string | undefined): ConnectionDraft {
  return {
    id,
    name: form.name.trim(),
    colour: form.colour,
    databaseUrl: form.databaseUrl.trim(),
    dashboardUrl: form.dashboardUrl.trim(),
    apiKey: form.apiKey === '' ? (form.dropsApiKey ? '' : undefined) : form.apiKey,
  }
}
