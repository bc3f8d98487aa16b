import type { ThreadedRequest } from '../../../src-main/contract/threads'

export const kindWords: Record<ThreadedRequest['kind'], string> = {
  start: 'turn',
  turn: 'turn',
  branch: 'branch',
  retry: 'retry',
  'sub-agent': 'sub-agent',
  compaction: 'compaction',
  side: 'aside',
}

/** What a request is in its conversation: `Turn 3`, `Branch, turn 4`, `Retry of turn 2, error`. */
export function placeWords({ kind, turn, row }: ThreadedRequest): string {
  const word = kindWords[kind]
  const name = `${word[0]?.toUpperCase()}${word.slice(1)}`
  const nth = turn === null ? '' : String(turn)
  const place =
    kind === 'turn' || kind === 'start'
      ? `${name} ${nth}`.trim()
      : kind === 'retry' && nth
        ? `${name} of turn ${nth}`
        : [name, nth && `turn ${nth}`].filter(Boolean).join(', ')
  return row.error ? `${place}, error` : place
}
