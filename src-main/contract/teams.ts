import { z } from 'zod'

/** Domains that cost one team or cost centre. */
export const team = z.object({
  id: z.string().min(1).max(64),
  name: z.string().trim().min(1, { error: 'Name the team' }).max(80),
  /** Domains; `*` stands for any characters, '' is the requests without a domain. */
  domains: z.array(z.string().max(255)).max(1000),
})
export type Team = z.infer<typeof team>

/** In their order: a domain belongs to the first team that names it. */
export const teams = z
  .object({ teams: z.array(team).max(300) })
  .refine(({ teams: all }) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
    error: 'Two teams have the same name',
  })
export type Teams = z.infer<typeof teams>
export const noTeams: Teams = { teams: [] }
