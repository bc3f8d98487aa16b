/*
 * Which requests have a word, of all whose text is here: for each word the numbers of the texts that have it. It follows
 * what is kept: a text is indexed a moment after it comes, one that went is not found any more, and what was missed is
 * made up after the next start. Words are hashes; the words themselves are kept for finding those that begin alike.
 */
import { setImmediate as giveWay, setTimeout as pause } from 'node:timers/promises'
import { bodyTexts } from '../core/search/body-text'
import type { TextCondition } from '../core/search/query'
import { addTerms, hasWords, wantedTerms } from '../core/search/text-terms'
import { textUnits } from '../core/search/text-units'
import type { Log, StoredBodies } from '../core/ports'
import type { BodyStore } from './body-store'
import { uuidList, type Session, type SqlValue, type Statements } from './session'
import { hashOf, writeTexts, type IndexedText } from './write-texts'

export interface TextIndex {
  /** The whole text of a request came, or came anew. */
  addBodies(id: string, bodies: StoredBodies): void
  /** The first line of requests. */
  addPreviews(previews: ReadonlyMap<string, string>): void
  /** Ids of the requests whose text has the words. */
  find(statements: Statements, condition: TextCondition): Promise<string[]>
  /** Writes what waits, and makes up what was missed. Never throws. */
  start(): void
  close(): Promise<void>
}

const mostTexts = 200
const mostTerms = 200_000
const longestWaitMs = 2000
/** Reading old texts gives way to everything else. */
const restMs = 10
/** Longer bodies would hold up the thread; nobody reads them either. */
const mostCharacters = 6_000_000
const rememberedAnswers = 20
/** Longer than any question looks at one state of the file. */
const settleMs = 10_000
const partCharacters = 50_000

export function createTextIndex(from: { writer: Session; reader(): Session; bodies: BodyStore; log: Log }): TextIndex {
  const { writer, bodies, log } = from
  /** By key, from when they come until some time after they are written: a question may look at what was before. */
  const fresh = new Map<string, IndexedText>()
  let waiting: IndexedText[] = []
  const answers = new Map<string, Promise<string[]>>()
  let waitingTerms = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> = Promise.resolve()
  let catchingUp: Promise<void> = Promise.resolve()
  let reading: Promise<void> = Promise.resolve()
  let isClosing = false
  let isClosed = false

  function add(text: IndexedText): void {
    if (isClosed) return
    fresh.set(keyOf(text.id, text.isWhole), text)
    waiting.push(text)
    waitingTerms += text.terms.size
    answers.clear()
    if (waiting.length >= mostTexts || waitingTerms >= mostTerms) void flush()
    else timer ??= setTimeout(() => void flush(), longestWaitMs)
  }

  /** One after the other; a failure leaves the texts for the next start, when they are found missing. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const came = waiting
    if (came.length === 0) return writing
    waiting = []
    waitingTerms = 0
    // Of a text that came twice the later one stands.
    const texts = [...new Map(came.map((text) => [keyOf(text.id, text.isWhole), text])).values()]
    writing = writing
      .then(() => writer.use((statements) => writeTexts(statements, texts)))
      .then(() => setTimeout(() => settle(texts), settleMs).unref())
      .catch((error: unknown) => log.warn('Texts could not be indexed for the search', { reason: String(error) }))
      .then(() => undefined)
    return writing
  }

  function settle(texts: readonly IndexedText[]): void {
    for (const text of texts) {
      const key = keyOf(text.id, text.isWhole)
      if (fresh.get(key) === text) fresh.delete(key)
    }
  }

  function addBodies(id: string, stored: StoredBodies): Promise<void> {
    reading = reading
      .then(() => readTerms(id, stored))
      .catch((error: unknown) => {
        log.warn('A text could not be read for the search', { id, reason: String(error) })
      })
    return reading
  }

  /** A long text comes in parts, so that nothing else waits for it. */
  async function readTerms(id: string, stored: StoredBodies): Promise<void> {
    if ((stored.request?.length ?? 0) + (stored.response?.length ?? 0) > mostCharacters) return
    const terms = new Set<string>()
    for (const text of bodyTexts(stored)) {
      for (let start = 0; start < text.length;) {
        const end = partEnd(text, start)
        addTerms(terms, text.slice(start, end))
        if (end - start >= partCharacters) await giveWay()
        start = end
      }
    }
    add({ id: id.toLowerCase(), isWhole: true, terms })
    await giveWay()
  }

  function addPreviews(previews: ReadonlyMap<string, string>): void {
    for (const [id, preview] of previews) {
      const terms = new Set<string>()
      addTerms(terms, preview)
      if (terms.size > 0) add({ id: id.toLowerCase(), isWhole: false, terms })
    }
  }

  /** Texts that are here and not in the index: an older app kept them, or the app ended before they were written. */
  async function catchUp(): Promise<void> {
    const lines = await from.reader().use((statements) =>
      statements.rows<{ id: string; preview: string }>(`
        SELECT id::VARCHAR AS id, preview FROM preview p WHERE preview <> ''
          AND NOT EXISTS (SELECT 1 FROM text_doc d WHERE d.id = p.id AND d.whole = 0)`),
    )
    addPreviews(new Map(lines.map(({ id, preview }) => [id, preview])))
    const indexed = new Set(await indexedIds())
    const kept = await bodies.ids()
    await forget(without(indexed, kept))
    for (const id of kept) {
      if (isClosing) return
      if (indexed.has(id)) continue
      const stored = await bodies.read(id, { isPeek: true })
      if (stored) await addBodies(id, stored)
      await pause(restMs)
    }
  }

  /** Texts that made room, or that the user threw away. */
  async function forget(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await writer.use((statements) => statements.run(`DELETE FROM text_doc WHERE whole = 1 AND id IN ${uuidList(ids)}`))
  }

  async function indexedIds(): Promise<string[]> {
    const rows = await from
      .reader()
      .use((statements) => statements.rows<{ id: string }>('SELECT id::VARCHAR AS id FROM text_doc WHERE whole = 1'))
    return rows.map(({ id }) => id)
  }

  async function search(statements: Statements, { text, isPrefix }: TextCondition): Promise<string[]> {
    // What was just kept can be found at once.
    await reading
    const { exact, prefixes, needsText } = wantedTerms(text, isPrefix)
    const found: { id: string; isWhole: boolean }[] = []
    for (const { id, isWhole, terms } of fresh.values()) {
      const begins = (prefix: string): boolean => [...terms].some((term) => term.startsWith(prefix))
      if (exact.every((term) => terms.has(term)) && prefixes.every(begins)) found.push({ id, isWhole })
    }
    const values: SqlValue[] = []
    const isIn = [
      ...exact.map((term) => `hash = $${values.push(hashOf(term))}`),
      ...prefixes.map(
        (prefix) => `hash IN (SELECT hash FROM text_word WHERE starts_with(word, $${values.push(prefix)}))`,
      ),
    ].map((condition) => `doc IN (SELECT unnest(docs) FROM text_term WHERE ${condition})`)
    const rows = await statements.rows<{ id: string; whole: number }>(
      `SELECT id::VARCHAR AS id, whole FROM text_doc WHERE ${isIn.join(' AND ')}`,
      values,
    )
    for (const { id, whole } of rows) {
      if (!fresh.has(keyOf(id, whole === 1))) found.push({ id, isWhole: whole === 1 })
    }
    const kept = await bodies.keptOf(found.flatMap(({ id, isWhole }) => (isWhole ? [id] : [])))
    const here = new Map<string, boolean>()
    for (const { id, isWhole } of found) {
      if (!isWhole || kept.has(id)) here.set(id, isWhole || here.get(id) === true)
    }
    return needsText ? withWords(statements, here, { text, isPrefix }) : [...here.keys()]
  }

  /** Those of the found in whose text the words stand together. */
  async function withWords(
    statements: Statements,
    found: ReadonlyMap<string, boolean>,
    { text, isPrefix }: Pick<TextCondition, 'text' | 'isPrefix'>,
  ): Promise<string[]> {
    const wanted = textUnits(text)
    const ids: string[] = []
    const previews = await statements.rows<{ id: string; preview: string }>(
      `SELECT id::VARCHAR AS id, preview FROM preview WHERE id IN ${uuidList([...found.keys()])}`,
    )
    const previewOf = new Map(previews.map(({ id, preview }) => [id, preview]))
    for (const [id, isWhole] of found) {
      const kept = isWhole ? await bodies.read(id, { isPeek: true }) : null
      const texts = [previewOf.get(id) ?? '', ...(kept ? bodyTexts(kept) : [])]
      if (texts.some((each) => hasWords(each, wanted, isPrefix))) ids.push(id)
    }
    return ids
  }

  return {
    addBodies: (id, stored) => void addBodies(id, stored),
    addPreviews,
    find(statements, condition) {
      const key = JSON.stringify([condition.text, condition.isPrefix])
      const known = answers.get(key)
      if (known) return known
      const answer = search(statements, condition)
      answers.set(key, answer)
      if (answers.size > rememberedAnswers) answers.delete(answers.keys().next().value!)
      answer.catch(() => answers.delete(key))
      return answer
    },
    start() {
      catchingUp = catchUp().catch((error: unknown) => {
        if (!isClosing) log.warn('Older texts could not be indexed for the search', { reason: String(error) })
      })
    },
    async close() {
      isClosing = true
      await catchingUp
      await reading
      await flush()
      isClosed = true
    },
  }
}

function keyOf(id: string, isWhole: boolean): string {
  return `${isWhole ? 'whole' : 'line'} ${id}`
}

function without(ids: ReadonlySet<string>, others: readonly string[]): string[] {
  const left = new Set(ids)
  for (const id of others) left.delete(id)
  return [...left]
}

/** The end of a part: at a space, so that no word is cut, where one comes soon. */
function partEnd(text: string, start: number): number {
  if (text.length - start <= partCharacters) return text.length
  const space = text.indexOf(' ', start + partCharacters)
  return space < 0 || space > start + 2 * partCharacters ? start + partCharacters : space
}
