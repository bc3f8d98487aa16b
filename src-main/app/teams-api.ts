import type { Teams } from '../contract/teams'
import { createTeamOf } from '../core/usage/team-of'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'

/** The user's teams, and the team of a domain by them. */
export function createTeamsApi(file: JsonFile<Teams>): {
  api: AppApi['teams']
  teamOf(domain: string | null): string | null
} {
  let teamOf = createTeamOf(file.value())
  return {
    teamOf: (domain) => teamOf(domain),
    api: {
      get: async () => file.value(),
      async save(teams) {
        await file.write(teams)
        teamOf = createTeamOf(file.value())
        return file.value()
      },
    },
  }
}
