import type { ContentBlock } from '../../../src-main/contract/conversations'
import { citationTexts, readCitation } from '../blocks/citation'
import { toPlainBlock } from '../blocks/plain-block'
import { drawnResultTexts, readResultDrawing } from '../blocks/tools/result-drawing'
import { drawnTexts, readToolDrawing, type ToolDrawing } from '../blocks/tools/tool-drawing'
import { toolFields } from '../blocks/tool-fields'
import { shownAtFirst, subAgentFold, type SubAgentText } from '../thread/sub-agent-items'
import type { MessagePart, ReaderItem, ReadMessage, ToolResult } from './reader-items'

/** A text of the conversation and where it is shown. */
export interface FindableText {
  text: string
  /** `data-part` of what shows it; '' is the whole item. */
  part: string
  /** What must be unfolded to see it, the outer first. */
  folds: string[]
  /** Position of its item. */
  item: number
}

/** One place where the query stands: the how manyth in its part. */
export interface Match {
  source: FindableText
  nth: number
}

/** More are not counted. */
export const mostMatches = 10_000

/** What the sub-agent of a call said, where that is known. */
export type SaidBySubAgent = (toolUseId: string, prompt: string) => SubAgentText | null

/** Every text of the conversation in the order of the page, folded or not. */
export function findableTexts(items: readonly ReaderItem[], saidBy: SaidBySubAgent = () => null): FindableText[] {
  const texts: FindableText[] = []
  items.forEach((item, position) => {
    const add = (text: string | null | undefined, part = '', folds: string[] = []): void => {
      if (text) texts.push({ text, part, folds, item: position })
    }
    switch (item.kind) {
      case 'notes':
        item.notes.forEach((note) => add(note))
        break
      case 'system':
        item.blocks.forEach((block, index) => addBlock(add, block, `system/${index}`, ['system']))
        break
      case 'tools':
        item.tools.forEach(({ name, description, schema }, index) => {
          const part = `tools/${index}`
          const folds = ['tools', part]
          for (const text of [name, description, toJson(schema)]) add(text, part, folds)
        })
        break
      case 'parameters':
        addFields(add, item.parameters, 'parameters', ['parameters'])
        break
      case 'message':
        addMessage(add, item.read, item.key, [], saidBy)
        break
      case 'answer':
        addAnswer(add, item, 'answer', [], saidBy)
    }
  })
  return texts
}

type ReadAnswer = Pick<Extract<ReaderItem, { kind: 'answer' }>, 'answer' | 'read'>
type Add = (text: string | null | undefined, part?: string, folds?: string[]) => void

function addMessage(add: Add, read: ReadMessage, key: string, outer: string[], saidBy: SaidBySubAgent): void {
  read.parts.forEach((part, index) => addPart(add, part, `${key}/${index}`, outer, saidBy))
}

function addAnswer(add: Add, { answer, read }: ReadAnswer, key: string, outer: string[], saidBy: SaidBySubAgent): void {
  const { error, refusal, notes } = answer
  for (const text of [error?.type, error?.message]) add(text, `${key}/error`, outer)
  for (const text of [refusal?.category, refusal?.explanation]) add(text, `${key}/refusal`, outer)
  if (read) addMessage(add, read, key, outer, saidBy)
  notes.forEach((note) => add(note, `${key}/notes`, outer))
}

function addPart(add: Add, part: MessagePart, name: string, outer: string[], saidBy: SaidBySubAgent): void {
  if (part.kind === 'block') addBlock(add, part.block, name, outer)
  else if (part.kind === 'result') addResult(add, part.result, name, name, outer)
  else {
    const folds = [...outer, name]
    add(part.use.name, name, folds)
    const call = readToolDrawing(part.use)
    if (call) for (const text of drawnTexts(call)) add(text, name, folds)
    if (call?.kind === 'task') addSubAgent(add, part.use.id, saidBy(part.use.id, call.prompt), folds, saidBy)
    addFields(add, call ? call.rest : part.use.input, name, folds)
    if (part.result) addResult(add, part.result, name, `${name}/result`, folds, call)
  }
}

function addSubAgent(add: Add, id: string, said: SubAgentText | null, outer: string[], saidBy: SaidBySubAgent): void {
  const name = subAgentFold(id)
  said?.items.forEach((item, index, { length }) => {
    const folds = [...outer, name, ...(index < length - shownAtFirst ? [`${name}/all`] : [])]
    const key = `${said.id}/${item.key}`
    if (item.kind === 'message') addMessage(add, item.read, key, folds, saidBy)
    else if (item.kind === 'answer') addAnswer(add, item, key, folds, saidBy)
  })
}

function addResult(
  add: Add,
  result: ToolResult,
  part: string,
  name: string,
  folds: string[],
  call: ToolDrawing | null = null,
): void {
  for (const text of drawnResultTexts(readResultDrawing(result.text, call))) add(text, part, folds)
  result.content.forEach((block, index) => addBlock(add, toPlainBlock(block), `${name}/${index}`, folds))
}

function addFields(add: Add, input: unknown, part: string, folds: string[]): void {
  for (const field of toolFields(input)) {
    add(field.name, part, folds)
    add(field.text, part, folds)
  }
}

function addBlock(add: Add, block: ContentBlock, name: string, folds: string[]): void {
  switch (block.kind) {
    case 'text': {
      add(block.text, name, folds)
      const part = `${name}/citations`
      for (const citation of block.citations ?? []) {
        for (const text of citationTexts(readCitation(citation))) add(text, part, [...folds, part])
      }
      break
    }
    case 'thinking':
      if (!block.redacted) add(block.text, name, [...folds, name])
      break
    case 'document':
      for (const text of [block.title, block.reference, block.context, block.text]) add(text, name, [...folds, name])
      break
    case 'image':
      add(block.reference, '', folds)
      break
    case 'unknown':
      add(block.wireType, name, [...folds, name])
      add(toJson(block.json), name, [...folds, name])
      break
    case 'tool-use':
    case 'tool-result':
      add(toJson(block), name, [...folds, name])
  }
}

function toJson(value: unknown): string {
  return value === null || value === undefined ? '' : (JSON.stringify(value, null, 2) ?? '')
}

/** Where the query stands, whatever the case, in the order of the page; at most `mostMatches`. */
export function findMatches(texts: readonly FindableText[], query: string): Match[] {
  const wanted = query.toLowerCase()
  const matches: Match[] = []
  if (wanted === '') return matches
  const counts = new Map<string, number>()
  for (const source of texts) {
    const text = source.text.toLowerCase()
    const key = `${source.item} ${source.part}`
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) {
      const nth = counts.get(key) ?? 0
      counts.set(key, nth + 1)
      matches.push({ source, nth })
      if (matches.length === mostMatches) return matches
    }
  }
  return matches
}
