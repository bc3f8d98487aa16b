import type { SourceIdentity } from '../core/ports'
import type { Statements } from './session'

/** The databases that the rows of a replica were found to be from, newest first, and the last one's timeline. */
export interface KnownIdentity {
  places: string[]
  timeline: number | null
}

/** Behind one address may be several servers with the same rows, taking turns. */
const mostPlaces = 8

export function withPlace(known: KnownIdentity | null, { place, timeline }: SourceIdentity): KnownIdentity {
  const places = [place, ...(known?.places ?? []).filter((other) => other !== place)]
  return { places: places.slice(0, mostPlaces), timeline }
}

/** Null until it was asked, and for a text of another shape. */
export async function readKnownIdentity(statements: Statements): Promise<KnownIdentity | null> {
  const [row] = await statements.rows<{ text: string | null }>('SELECT source_identity AS text FROM replica')
  if (!row?.text) return null
  const { places, timeline } = JSON.parse(row.text) as Partial<KnownIdentity>
  return Array.isArray(places) ? { places, timeline: timeline ?? null } : null
}

export async function writeKnownIdentity(statements: Statements, identity: KnownIdentity): Promise<void> {
  await statements.rows('UPDATE replica SET source_identity = $1', [JSON.stringify(identity)])
}
