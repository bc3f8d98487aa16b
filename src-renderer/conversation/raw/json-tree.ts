/** One line of the tree as it is shown. */
export interface JsonRow {
  index: number
  depth: number
  /** Member name, array index, or null for the root and for lines of a long text. */
  key: string | number | null
  kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' | 'text-line'
  /** The value, cut at `longestPreview`; empty for objects and arrays. */
  preview: string
  /** Members, items, or lines of a long text; 0 where nothing can be unfolded. */
  childCount: number
  isOpen: boolean
}

interface Node {
  key: string | number | null
  value: unknown
  depth: number
  parent: Node | null
  isOpen: boolean
  isLine: boolean
}

const longestPreview = 300
const lineWidth = 160
const mostMatches = 5_000
/** "Unfold all" stops here: more rows than this are searched, not scrolled. */
const mostOpenRows = 100_000

/**
 * A JSON text as a list of rows that unfold. Children are made when they are first shown, so a tree of 50 MB costs
 * little more than its parse. The constructor throws `SyntaxError` for what is no JSON.
 */
export class JsonTree {
  #rows: Node[]
  #query = ''
  #matches: (string | number)[][] = []

  constructor(text: string) {
    const root: Node = { key: null, value: JSON.parse(text), depth: 0, parent: null, isOpen: false, isLine: false }
    this.#rows = [root]
    this.toggle(0)
  }

  get rowCount(): number {
    return this.#rows.length
  }

  /** `count` rows from `start`, fewer at the end. */
  slice(start: number, count: number): JsonRow[] {
    return this.#rows.slice(start, start + count).map((node, offset) => toRow(node, start + offset))
  }

  /** Unfolds or folds a row; a row without children stays as it is. */
  toggle(index: number): void {
    const node = this.#rows[index]
    if (!node || childCount(node) === 0) return
    if (node.isOpen) this.#fold(index, node)
    else this.#unfold(index, node)
  }

  /** Unfolds everything but long texts, as far as there is room. */
  openAll(): void {
    const rows: Node[] = []
    const waiting = this.#rows.slice(0, 1)
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      rows.push(node)
      const isRoomLeft = rows.length + waiting.length < mostOpenRows
      node.isOpen = typeof node.value !== 'string' && childCount(node) > 0 && isRoomLeft
      if (node.isOpen) for (const child of childrenOf(node).reverse()) waiting.push(child)
    }
    this.#rows = rows
  }

  /** Folds everything but the root. */
  closeAll(): void {
    const root = this.#rows[0]
    if (!root) return
    root.isOpen = false
    this.#rows = [root]
    this.toggle(0)
  }

  /** The row's address, as `messages[3].content[0].text`; empty for the root. */
  path(index: number): string {
    return formatPath(pathOf(this.#rows[index]))
  }

  /** The row's value as text: a string as it is, everything else as indented JSON. */
  text(index: number): string {
    const node = this.#rows[index]
    if (!node) return ''
    return typeof node.value === 'string' ? node.value : JSON.stringify(node.value, null, 2)
  }

  /** Looks through names and values, whatever is folded. Gives the number of matches, at most 5,000. */
  search(query: string): number {
    this.#query = query.toLowerCase()
    this.#matches = this.#query ? findPaths(this.#rows[0]?.value, this.#query) : []
    return this.#matches.length
  }

  /** Unfolds the way to a match and gives its row; -1 when there is no such match. */
  reveal(match: number): number {
    const path = this.#matches[match]
    if (!path) return -1
    let index = 0
    for (const key of path) {
      this.#openAt(index)
      index = this.#childIndex(index, (child) => child.key === key)
      if (index === -1) return -1
    }
    if (typeof this.#rows[index]?.value !== 'string') return index
    this.#openAt(index)
    const line = this.#childIndex(index, (child) => String(child.value).toLowerCase().includes(this.#query))
    return line === -1 ? index : line
  }

  #openAt(index: number): void {
    const node = this.#rows[index]
    if (node && !node.isOpen) this.toggle(index)
  }

  #childIndex(parentIndex: number, isWanted: (child: Node) => boolean): number {
    const parent = this.#rows[parentIndex]
    for (let index = parentIndex + 1; index < this.#rows.length; index++) {
      const node = this.#rows[index]
      if (!node || !parent || node.depth <= parent.depth) return -1
      if (node.parent === parent && isWanted(node)) return index
    }
    return -1
  }

  #unfold(index: number, node: Node): void {
    node.isOpen = true
    // Not splice with spread: an array of 200,000 items would overflow the stack.
    this.#rows = this.#rows.slice(0, index + 1).concat(childrenOf(node), this.#rows.slice(index + 1))
  }

  #fold(index: number, node: Node): void {
    node.isOpen = false
    let end = index + 1
    while (end < this.#rows.length && (this.#rows[end]?.depth ?? 0) > node.depth) end++
    this.#rows.splice(index + 1, end - index - 1)
  }
}

function toRow(node: Node, index: number): JsonRow {
  const { key, depth, isOpen } = node
  return { index, key, depth, isOpen, kind: kindOf(node), preview: previewOf(node), childCount: childCount(node) }
}

function kindOf({ value, isLine }: Node): JsonRow['kind'] {
  if (isLine) return 'text-line'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as 'object' | 'string' | 'number' | 'boolean'
}

function previewOf({ value }: Node): string {
  if (typeof value === 'object' && value !== null) return ''
  const text = String(value)
  return text.length > longestPreview ? `${text.slice(0, longestPreview)}…` : text
}

function childCount({ value, isLine }: Node): number {
  if (isLine) return 0
  if (typeof value === 'string') return isLong(value) ? textLines(value).length : 0
  if (typeof value !== 'object' || value === null) return 0
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

function childrenOf(node: Node): Node[] {
  const { value } = node
  const child = (key: string | number | null, each: unknown): Node => ({
    key,
    value: each,
    depth: node.depth + 1,
    parent: node,
    isOpen: false,
    isLine: typeof value === 'string',
  })
  if (typeof value === 'string') return textLines(value).map((line) => child(null, line))
  if (Array.isArray(value)) return value.map((each, index) => child(index, each))
  return Object.entries(value as object).map(([key, each]) => child(key, each))
}

function isLong(text: string): boolean {
  return text.length > lineWidth || text.includes('\n')
}

/** The lines of a text, cut to a width that a row can show. */
function textLines(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (line.length <= lineWidth) return [line]
    return Array.from({ length: Math.ceil(line.length / lineWidth) }, (_, part) =>
      line.slice(part * lineWidth, (part + 1) * lineWidth),
    )
  })
}

function pathOf(node: Node | undefined): (string | number)[] {
  const path: (string | number)[] = []
  for (let each: Node | null | undefined = node; each; each = each.parent) if (each.key !== null) path.unshift(each.key)
  return path
}

function formatPath(path: (string | number)[]): string {
  return path
    .map((key, at) => {
      if (typeof key === 'number') return `[${key}]`
      if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${JSON.stringify(key)}]`
      return at === 0 ? key : `.${key}`
    })
    .join('')
}

/** Paths of the names and values that hold the text, in document order. Walks with a stack of its own: bodies nest. */
function findPaths(root: unknown, query: string): (string | number)[][] {
  const found: (string | number)[][] = []
  const stack: { value: unknown; path: (string | number)[] }[] = [{ value: root, path: [] }]
  while (stack.length > 0 && found.length < mostMatches) {
    const { value, path } = stack.pop() ?? { value: null, path: [] }
    const name = path.at(-1)
    const isNamed = typeof name === 'string' && name.toLowerCase().includes(query)
    if (typeof value === 'object' && value !== null) {
      if (isNamed) found.push(path)
      const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
      for (const [key, child] of entries.reverse()) stack.push({ value: child, path: [...path, key] })
    } else if (isNamed || String(value).toLowerCase().includes(query)) found.push(path)
  }
  return found
}
