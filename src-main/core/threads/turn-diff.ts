import type { Message, ToolDefinition } from '../../contract/conversations'
import type { MessageChange, TurnDiff } from '../../contract/threads'
import type { NormalRequest } from '../bodies/read-request-body'
import type { NormalResponse } from '../bodies/read-response-body'
import { addJson, createHash } from './create-hash'
import { hashAnswer } from './loose-hash'
import { hashMessage } from './message-hash'

/** Beyond this many pairs the changed middle is taken as a whole, not compared pair by pair. */
const mostPairs = 4_000_000

/** What a request added, changed and dropped against the one it carries on. Cache markers and reminders do not count. */
export function turnDiff(
  parent: { request: NormalRequest; response: NormalResponse | null },
  request: NormalRequest,
): TurnDiff {
  const former = parent.request
  const isSystemSame = hashOf(former.system) === hashOf(request.system)
  const { kept, changes } = compareMessages(former.messages, request.messages)
  const answer = hashAnswer(parent.response?.answer.message?.blocks ?? []).hash
  return {
    model: former.model === request.model ? null : { from: former.model, to: request.model },
    system: isSystemSame ? 'same' : partChange(former.system.length > 0, request.system.length > 0),
    formerSystem: isSystemSame ? [] : former.system,
    tools: compareTools(former.tools, request.tools),
    parameters: compareParameters(former.parameters, request.parameters),
    keptMessages: kept,
    messages: changes.map((change) => ({ ...change, isParentAnswer: isAnswer(change, request.messages, answer) })),
  }
}

/** A hash of any JSON value that leaves out the order of keys and cache markers. */
export function hashOf(value: unknown): number {
  const hash = createHash()
  addJson(hash, value)
  return hash.value()
}

function partChange(had: boolean, has: boolean): TurnDiff['system'] {
  if (had === has) return 'changed'
  return has ? 'added' : 'dropped'
}

function isAnswer(change: Change, messages: readonly Message[], answer: number): boolean {
  const message = change.change === 'added' && change.index !== null ? messages[change.index] : undefined
  return message?.role === 'assistant' && answer !== 0 && hashAnswer(message.blocks).hash === answer
}

function compareTools(former: readonly ToolDefinition[], now: readonly ToolDefinition[]): TurnDiff['tools'] {
  const before = new Map(former.map((tool) => [tool.name, hashOf(tool)]))
  const after = new Map(now.map((tool) => [tool.name, hashOf(tool)]))
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    dropped: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].filter(([name, hash]) => before.has(name) && before.get(name) !== hash).map(([name]) => name),
  }
}

/** `metadata` and `diagnostics` name the call itself and differ by nature. */
const ownFields = new Set(['metadata', 'diagnostics'])

function compareParameters(former: Record<string, unknown>, now: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(former), ...Object.keys(now)])].filter((name) => !ownFields.has(name))
  return names.filter((name) => hashOf(former[name]) !== hashOf(now[name])).sort()
}

type Change = Omit<MessageChange, 'isParentAnswer'>

function compareMessages(former: readonly Message[], now: readonly Message[]): { kept: number; changes: Change[] } {
  // A message of reminders alone says nothing; it is its own by its place.
  const [a, b] = [former, now].map((messages) =>
    messages.map(({ role, blocks }) => hashMessage(role, blocks) ?? 0),
  ) as [number[], number[]]
  let kept = 0
  while (kept < a.length && kept < b.length && a[kept] === b[kept]) kept++
  let tail = 0
  while (tail < a.length - kept && tail < b.length - kept && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const gone = { from: kept, to: a.length - tail }
  const come = { from: kept, to: b.length - tail }
  const changes: Change[] = []
  let [i, j] = [gone.from, come.from]
  for (const [sameI, sameJ] of [...commonPairs(a, b, gone, come), [gone.to, come.to] as const]) {
    for (; i < sameI && j < sameJ && former[i]?.role === now[j]?.role; i++, j++) {
      changes.push({ change: 'changed', role: now[j]?.role ?? '', index: j, parentIndex: i })
    }
    for (; i < sameI; i++) {
      changes.push({ change: 'dropped', role: former[i]?.role ?? '', index: null, parentIndex: i })
    }
    for (; j < sameJ; j++) changes.push({ change: 'added', role: now[j]?.role ?? '', index: j, parentIndex: null })
    i = sameI + 1
    j = sameJ + 1
  }
  return { kept, changes }
}

interface Stretch {
  from: number
  to: number
}

/** Pairs of equal messages in the order of both lists, as many as there can be (longest common subsequence). */
function commonPairs(a: number[], b: number[], gone: Stretch, come: Stretch): (readonly [number, number])[] {
  const [rows, columns] = [gone.to - gone.from, come.to - come.from]
  if (rows === 0 || columns === 0 || rows * columns > mostPairs) return []
  const width = columns + 1
  const lengths = new Uint32Array((rows + 1) * width)
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0
  const isSame = (row: number, column: number): boolean => a[gone.from + row] === b[come.from + column]
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row * width + column] = isSame(row, column)
        ? lengthAt(row + 1, column + 1) + 1
        : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1))
    }
  }
  const pairs: (readonly [number, number])[] = []
  let [row, column] = [0, 0]
  while (row < rows && column < columns) {
    if (isSame(row, column)) pairs.push([gone.from + row++, come.from + column++])
    else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) row++
    else column++
  }
  return pairs
}
