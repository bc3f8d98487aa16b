import type { RequestRow } from '../contract/conversations'
import type { OpenWorkspace } from './open-workspace'
import type { Workspaces } from './workspaces'

/** A list waits this long for missing previews; slower ones come with the next event. */
const patienceMs = 400

/** A preview that could not be read is not asked for again before this. */
const retryAfterMs = 60_000

/** Reads the last words of the user for rows on screen: by id, once, and never a whole page of bodies for a list. */
export function createPreviewFetcher(workspaces: Workspaces) {
  const askedAtMs = new Map<string, number>()

  async function fetchPreviews(workspace: OpenWorkspace, ids: string[]): Promise<Map<string, string>> {
    const previews = await workspace.source.readPreviews(ids)
    await workspace.replica.keepPreviews(previews)
    for (const id of previews.keys()) askedAtMs.delete(id)
    return previews
  }

  function isDue(id: string): boolean {
    return Date.now() - (askedAtMs.get(id) ?? 0) > retryAfterMs
  }

  return {
    /** The rows with the previews that could be had in time. */
    async fill(workspace: OpenWorkspace, rows: RequestRow[]): Promise<RequestRow[]> {
      const missing = rows.filter((row) => row.preview === null && isDue(row.id)).map((row) => row.id)
      if (missing.length === 0 || workspace.state().source?.state === 'unreachable') return rows
      const asked = missing.slice(0, 100)
      if (askedAtMs.size > 10_000) askedAtMs.clear()
      for (const id of asked) askedAtMs.set(id, Date.now())

      let isLate = false
      const fetching = fetchPreviews(workspace, asked)
        .then((previews) => {
          if (isLate) workspaces.announceRows(asked.length)
          return previews
        })
        .catch((error: unknown) => {
          // The list itself is whole; its previews stay "not read yet" and are asked for again later.
          workspaces.log.warn('Previews could not be read', { error: String(error) })
          return new Map<string, string>()
        })
      const previews = await Promise.race([fetching, delay(patienceMs)])
      isLate = previews === null
      if (previews === null) return rows
      return rows.map((row) => ({ ...row, preview: row.preview ?? previews.get(row.id) ?? null }))
    },
  }
}

function delay(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null))
}
