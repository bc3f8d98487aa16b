import type { AppApi } from '../rpc/app-api'
import type { Workspaces } from './workspaces'

/** What the user pinned, tagged and noted, with the conversations that it belongs to now. */
export function createAnnotationsApi(workspaces: Workspaces): AppApi['annotations'] {
  return {
    async list() {
      const { annotations, replica } = workspaces.open()
      const all = annotations.all()
      const ids = new Set(all.map(({ target }) => target.requestId))
      const rows = ids.size === 0 ? [] : await replica.rows([...ids])
      const conversations = new Map(rows.map(({ row }) => [row.id, row.conversationId]))
      return all.map((each) => ({ ...each, conversationId: conversations.get(each.target.requestId) ?? null }))
    },
    set: (change) => workspaces.open().annotations.change(change),
    setAll: (changes) => workspaces.open().annotations.changeAll(changes),
    remove: ({ target }) => workspaces.open().annotations.remove(target),
  }
}
