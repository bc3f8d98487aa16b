import type { ThreadedRequest } from '../../../src-main/contract/threads'

/** A request on the map: columns are steps of the conversation, lanes what goes on beside each other. */
export interface MapNode {
  request: ThreadedRequest
  column: number
  lane: number
  /** What it carries on, tries again or was called by. */
  above: MapNode | null
  /** Which run of requests that carry each other on it belongs to. */
  line: number
}

export interface MapLayout {
  /** In reading order. */
  nodes: MapNode[]
  columns: number
  lanes: number
}

interface Line {
  nodes: MapNode[]
  above: MapNode | null
}

/**
 * The requests of a conversation as a map. What carries a request on stands right of it in the same lane; branches,
 * sub-agents and retries go into the first lane below that has room, so that many of them share few lanes.
 */
export function layOutMap(requests: readonly ThreadedRequest[]): MapLayout {
  const byId = new Map<string, MapNode>()
  const lines: Line[] = []
  const nodes = requests.map((request) => {
    const above = nodeAbove(request, byId)
    const before = above && lines[above.line]
    const goesOn = (request.kind === 'turn' || request.kind === 'compaction') && before?.nodes.at(-1) === above
    const line = above && goesOn ? above.line : lines.length
    const column = above
      ? above.column + (request.retryOf === null ? 1 : 0)
      : columnByTime(request, lines[0]?.nodes ?? [])
    const node = { request, column, lane: 0, above, line }
    if (line === lines.length) lines.push({ nodes: [node], above })
    else lines[line]?.nodes.push(node)
    byId.set(request.row.id, node)
    return node
  })
  return {
    nodes,
    columns: nodes.reduce((most, { column }) => Math.max(most, column + 1), 0),
    lanes: dealLanes(lines),
  }
}

/** What carries on a retry goes on from its first try. */
function nodeAbove({ retryOf, parentId }: ThreadedRequest, byId: ReadonlyMap<string, MapNode>): MapNode | null {
  const above = byId.get(retryOf ?? parentId ?? '')
  return byId.get(above?.request.retryOf ?? '') ?? above ?? null
}

/** Where something that hangs on nothing began: behind what the first line had come to by then. */
function columnByTime({ row }: ThreadedRequest, firstLine: readonly MapNode[]): number {
  const before = firstLine.findLast((node) => node.request.row.timestamp <= row.timestamp)
  return before ? before.column + 1 : 0
}

function dealLanes(lines: readonly Line[]): number {
  /** Of each lane the stretches that are taken. */
  const taken: { from: number; to: number }[][] = []
  for (const { nodes, above } of lines) {
    const [first, last] = [nodes[0], nodes.at(-1)]
    if (!first || !last) continue
    const from = Math.min(first.column, above?.column ?? first.column)
    const to = last.column
    let lane = above ? above.lane + 1 : 0
    while (taken[lane]?.some((other) => from <= other.to && other.from <= to)) lane++
    while (taken.length <= lane) taken.push([])
    taken[lane]?.push({ from, to })
    for (const node of nodes) node.lane = lane
  }
  return taken.length
}

/** Where a key leads on the map: along a line, to the lane above or below, or to an end of the line. */
export function walkMap({ nodes }: MapLayout, fromId: string, key: string): MapNode | null {
  const here = nodes.find(({ request }) => request.row.id === fromId)
  if (!here) return null
  const ofLine = nodes.filter(({ line }) => line === here.line)
  switch (key) {
    case 'ArrowLeft':
      return here.above
    case 'ArrowRight':
      return ofLine[ofLine.indexOf(here) + 1] ?? nodes.find(({ above }) => above === here) ?? null
    case 'ArrowUp':
      return nearest(
        here,
        nodes.filter(({ lane }) => lane < here.lane),
      )
    case 'ArrowDown':
      return nearest(
        here,
        nodes.filter(({ lane }) => lane > here.lane),
      )
    case 'Home':
      return ofLine[0] ?? null
    case 'End':
      return ofLine.at(-1) ?? null
    default:
      return null
  }
}

function nearest(here: MapNode, others: readonly MapNode[]): MapNode | null {
  const far = (node: MapNode) => Math.abs(node.column - here.column) + Math.abs(node.lane - here.lane) * 1.5
  return others.reduce<MapNode | null>((best, node) => (best && far(best) <= far(node) ? best : node), null)
}

/** Whether there is more to a conversation than one line of turns. */
export function hasBranches(requests: readonly ThreadedRequest[]): boolean {
  return requests.some(({ kind }) => kind !== 'start' && kind !== 'turn')
}
