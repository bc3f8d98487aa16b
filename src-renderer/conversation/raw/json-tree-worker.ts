import { JsonTree } from './json-tree'
import type { TreeAnswer, TreeCall } from './json-tree-client'

/*
 * Parses and holds one JSON text away from the page's own thread. What it gets is a body from outside; what it gives
 * back is rows of plain text. A text that is no JSON is answered, not thrown.
 */

let tree: JsonTree | null = null

function answer(call: TreeCall): TreeAnswer['result'] {
  if (call.method === 'load') {
    tree = new JsonTree(call.text)
    return tree.rowCount
  }
  if (!tree) throw new Error('No text is loaded.')
  switch (call.method) {
    case 'slice':
      return tree.slice(call.start, call.count)
    case 'toggle':
      tree.toggle(call.index)
      return tree.rowCount
    case 'openAll':
      tree.openAll()
      return tree.rowCount
    case 'closeAll':
      tree.closeAll()
      return tree.rowCount
    case 'search':
      return tree.search(call.query)
    case 'reveal':
      return { index: tree.reveal(call.match), rowCount: tree.rowCount }
    case 'path':
      return tree.path(call.index)
    case 'text':
      return tree.text(call.index)
  }
}

addEventListener('message', ({ data }: MessageEvent<{ id: number; call: TreeCall }>) => {
  let reply: TreeAnswer
  try {
    reply = { id: data.id, result: answer(data.call) }
  } catch (error) {
    reply = { id: data.id, error: error instanceof Error ? error.message : String(error) }
  }
  postMessage(reply)
})
