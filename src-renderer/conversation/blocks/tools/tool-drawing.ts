import type { ToolUse } from '../../reader/reader-items'
import { lineDiff, type DiffLine } from './line-diff'

/** What a tool is called with, as something that can be drawn. `rest` holds every input that the drawing does not show. */
export type ToolDrawing = { rest: Record<string, unknown> } & (
  | { kind: 'command'; command: string; note: string; language: string }
  | { kind: 'diff'; path: string; edits: { lines: DiffLine[]; isEverywhere: boolean }[] }
  | { kind: 'write'; path: string; text: string }
  | { kind: 'read'; path: string; range: string }
  | { kind: 'todos'; items: TodoItem[] }
  | { kind: 'search'; pattern: string; path: string }
  | { kind: 'web'; address: string; query: string; prompt: string }
  | { kind: 'task'; agent: string; note: string; prompt: string }
  | { kind: 'plan'; plan: string }
)

export interface TodoItem {
  text: string
  status: string
  /** How it is called while it is done, its weight; '' for none. */
  note: string
}

type Input = Record<string, unknown>

/** The drawing of a known tool whose input is as it should be; null for every other. */
export function readToolDrawing({ name, input }: Pick<ToolUse, 'name' | 'input'>): ToolDrawing | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null
  return drawings.get(name.toLowerCase())?.(input as Input) ?? null
}

const drawings = new Map<string, (input: Input) => ToolDrawing | null>(
  Object.entries({
    bash: readCommand,
    bash_code_execution: readCommand,
    code_execution: (input) =>
      take(input, ['code'], ({ code }) => ({ kind: 'command', command: code, note: '', language: 'python' })),
    edit: (input) =>
      take(
        input,
        ['file_path', 'old_string', 'new_string'],
        ({ file_path, old_string, new_string }) => ({
          kind: 'diff',
          path: file_path,
          edits: [{ lines: lineDiff(old_string, new_string), isEverywhere: input.replace_all === true }],
        }),
        fields(input, 'boolean', 'replace_all'),
      ),
    multiedit: readMultiEdit,
    write: (input) =>
      take(input, ['file_path', 'content'], ({ file_path, content }) => ({
        kind: 'write',
        path: file_path,
        text: content,
      })),
    read: (input) =>
      take(
        input,
        ['file_path'],
        ({ file_path }) => ({ kind: 'read', path: file_path, range: readRange(input) }),
        fields(input, 'number', 'offset', 'limit'),
      ),
    notebookedit: (input) =>
      take(input, ['notebook_path', 'new_source'], ({ notebook_path, new_source }) => ({
        kind: 'write',
        path: notebook_path,
        text: new_source,
      })),
    str_replace_based_edit_tool: readTextEditor,
    str_replace_editor: readTextEditor,
    text_editor_code_execution: readTextEditor,
    todowrite: readTodos,
    grep: readSearch,
    glob: readSearch,
    ls: (input) => take(input, ['path'], ({ path }) => ({ kind: 'search', pattern: '', path })),
    tool_search_tool_regex: readSearch,
    tool_search_tool_bm25: (input) =>
      take(input, ['query'], ({ query }) => ({ kind: 'search', pattern: query, path: '' })),
    websearch: readWebSearch,
    web_search: readWebSearch,
    webfetch: readWebFetch,
    web_fetch: readWebFetch,
    task: readTask,
    agent: readTask,
    exitplanmode: (input) => take(input, ['plan'], ({ plan }) => ({ kind: 'plan', plan })),
  }),
)

type Drawn = ToolDrawing extends infer D ? (D extends ToolDrawing ? Omit<D, 'rest'> : never) : never

/** The drawing made of these text fields; null where one of them is no text. `also` are fields that it shows as well. */
function take<const N extends string>(
  input: Input,
  names: readonly N[],
  draw: (texts: Record<N, string>) => Drawn,
  also: readonly string[] = [],
): ToolDrawing | null {
  if (!names.every((name) => typeof input[name] === 'string')) return null
  const shown = new Set<string>([...names, ...also])
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !shown.has(name)))
  return { ...draw(input as Record<N, string>), rest } as ToolDrawing
}

const optional = (value: unknown): string => (typeof value === 'string' ? value : '')
/** Optional fields are shown where they are of the kind that they should be; else they are left to the rest. */
const fields = (input: Input, type: 'string' | 'number' | 'boolean', ...names: string[]): string[] =>
  names.filter((name) => typeof input[name] === type)
const texts = (input: Input, ...names: string[]): string[] => fields(input, 'string', ...names)

function readCommand(input: Input): ToolDrawing | null {
  return take(
    input,
    ['command'],
    ({ command }) => ({ kind: 'command', command, note: optional(input.description), language: 'bash' }),
    texts(input, 'description'),
  )
}

function readMultiEdit(input: Input): ToolDrawing | null {
  if (!Array.isArray(input.edits)) return null
  const edits: { lines: DiffLine[]; isEverywhere: boolean }[] = []
  for (const edit of input.edits as unknown[]) {
    if (typeof edit !== 'object' || edit === null) return null
    const { old_string, new_string, replace_all, ...others } = edit as Input
    if (typeof old_string !== 'string' || typeof new_string !== 'string' || Object.keys(others).length > 0) return null
    edits.push({ lines: lineDiff(old_string, new_string), isEverywhere: replace_all === true })
  }
  return take(input, ['file_path'], ({ file_path }) => ({ kind: 'diff', path: file_path, edits }), ['edits'])
}

/** Anthropic's own text editor, at the client and on the server. */
function readTextEditor(input: Input): ToolDrawing | null {
  switch (input.command) {
    case 'view':
      return take(input, ['path'], ({ path }) => ({ kind: 'read', path, range: '' }), ['command'])
    case 'create':
      return take(input, ['path', 'file_text'], ({ path, file_text }) => ({ kind: 'write', path, text: file_text }), [
        'command',
      ])
    case 'str_replace':
      return take(
        input,
        ['path', 'old_str'],
        ({ path, old_str }) => ({
          kind: 'diff',
          path,
          edits: [{ lines: lineDiff(old_str, optional(input.new_str)), isEverywhere: false }],
        }),
        ['command', ...texts(input, 'new_str')],
      )
    default:
      return null
  }
}

function readTodos(input: Input): ToolDrawing | null {
  if (!Array.isArray(input.todos)) return null
  const items: TodoItem[] = []
  for (const todo of input.todos as unknown[]) {
    if (typeof todo !== 'object' || todo === null) return null
    const { content, status, activeForm = '', priority = '', id: _, ...others } = todo as Input
    const notes = [activeForm, priority]
    if (typeof content !== 'string' || typeof status !== 'string' || Object.keys(others).length > 0) return null
    if (!notes.every((note) => typeof note === 'string')) return null
    items.push({ text: content, status, note: notes.filter((note) => note !== '' && note !== content).join(' · ') })
  }
  return take(input, [], () => ({ kind: 'todos', items }), ['todos'])
}

function readSearch(input: Input): ToolDrawing | null {
  return take(
    input,
    ['pattern'],
    ({ pattern }) => ({ kind: 'search', pattern, path: optional(input.path) }),
    texts(input, 'path'),
  )
}

function readWebSearch(input: Input): ToolDrawing | null {
  return take(input, ['query'], ({ query }) => ({ kind: 'web', address: '', query, prompt: '' }))
}

function readWebFetch(input: Input): ToolDrawing | null {
  const also = texts(input, 'prompt')
  return take(
    input,
    ['url'],
    ({ url }) => ({ kind: 'web', address: url, query: '', prompt: optional(input.prompt) }),
    also,
  )
}

function readTask(input: Input): ToolDrawing | null {
  return take(
    input,
    ['prompt'],
    ({ prompt }) => ({ kind: 'task', agent: optional(input.subagent_type), note: optional(input.description), prompt }),
    texts(input, 'subagent_type', 'description'),
  )
}

function readRange({ offset, limit }: Input): string {
  if (typeof offset === 'number' && typeof limit === 'number') return `lines ${offset} to ${offset + limit - 1}`
  if (typeof offset === 'number') return `from line ${offset}`
  return typeof limit === 'number' ? `the first ${limit} lines` : ''
}

/** The texts of a drawing in the order that they stand on the page, without those of its rest. */
export function drawnTexts(drawing: ToolDrawing): string[] {
  switch (drawing.kind) {
    case 'command':
      return [drawing.note, drawing.command]
    case 'diff':
      return [drawing.path, ...drawing.edits.flatMap(({ lines }) => lines.map(({ text }) => text))]
    case 'write':
      return [drawing.path, drawing.text]
    case 'read':
      return [drawing.path, drawing.range]
    case 'todos':
      return drawing.items.flatMap(({ text, note }) => [text, note])
    case 'search':
      return [drawing.pattern, drawing.path]
    case 'web':
      return [drawing.query, drawing.address, drawing.prompt]
    case 'task':
      return [drawing.agent, drawing.note, drawing.prompt]
    case 'plan':
      return [drawing.plan]
  }
}
