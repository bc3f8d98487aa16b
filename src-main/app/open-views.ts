import { z } from 'zod'
import { savedView, savedViews, type SavedView } from '../contract/views'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import type { AppApi } from '../rpc/app-api'
import { openJsonFile } from '../settings/json-file'
import type { Workspaces } from './workspaces'

const mostViews = 200

/** The user's saved views, by the key of the source that they look at, in a file of their own. */
export async function openViews(options: { workspaces: Workspaces; path: string; log: Log }): Promise<AppApi['views']> {
  const { workspaces, path, log } = options
  const file = await openJsonFile({ path, schema: z.record(z.string(), savedViews), fallback: {}, log })

  async function change(work: (views: readonly SavedView[]) => SavedView[]): Promise<SavedView[]> {
    const { sourceKey } = workspaces.open()
    const all = await file.change((views) => ({ ...views, [sourceKey]: work(views[sourceKey] ?? []) }))
    return all[sourceKey] ?? []
  }

  return {
    list: async () => file.value()[workspaces.open().sourceKey] ?? [],
    save: (view) =>
      change((views) => {
        const saved = savedView.parse(view)
        const isKnown = views.some(({ id }) => id === saved.id)
        if (!isKnown && views.length >= mostViews) {
          throw new Failure('too-large', {
            message: `There are ${mostViews} saved views already.`,
            hint: 'Remove some that are not needed any more.',
          })
        }
        const all = isKnown ? views.map((each) => (each.id === saved.id ? saved : each)) : [...views, saved]
        return all.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
      }),
    remove: ({ id }) => change((views) => views.filter((view) => view.id !== id)),
  }
}
