/*
 * Which requests have a word, of all whose text is here: for each word the numbers of the texts that have it. It follows
 * what is kept: a text is indexed a moment after it comes, one that went is not found any more, and what was missed is
 * made up after the next start. Words are hashes; the words themselves are kept for finding those that begin alike.
 */
import { setImmediate as giveWay, setTimeout as pause } from 'node:timers/promises'
import type { TextCondition } from '../core/search/query'
import { addTerms, wantedTerms } from '../core/search/text-terms'
import type { Log, StoredBodies } from '../core/ports'
import type { BodyStore } from './body-store'
import { termsOf, withWords } from './kept-words'
import type { Session, SqlValue, Statements } from './session'
import { hashOf, removeWholeTexts, writeTexts, type IndexedText } from './write-texts'

export interface TextIndex {
  /** The whole text of a request came, or came anew. */
  addBodies(id: string, bodies: StoredBodies): void
  /** The first line of requests. */
  addPreviews(previews: ReadonlyMap<string, string>): void
  /** Ids of the requests whose text has the words. */
  find(statements: Statements, condition: TextCondition): Promise<string[]>
  /** The bodies of a request are not kept any more. */
  dropBodies(id: string): void
  /** Takes all that the bodies gave out of the file; those that are still kept come back in the background. */
  empty(): Promise<void>
  /** Kept bodies are encrypted: no word of theirs may stand here. Throws while words may still be there. */
  lock(): Promise<void>
  /** They are not any more: the index is made up in the background. */
  unlock(): void
  isLocked(): boolean
  /** Writes what waits, and makes up what was missed. Never throws. */
  start(): void
  close(): Promise<void>
}

const mostTexts = 200
const mostTerms = 200_000
const longestWaitMs = 2000
/** Reading old texts gives way to everything else. */
const restMs = 10
const rememberedAnswers = 20
/** Longer than any question looks at one state of the file. */
const settleMs = 10_000

export function createTextIndex(from: {
  writer: Session
  reader(): Session
  bodies: BodyStore
  /** Whether kept bodies are encrypted. */
  isLocked: boolean
  /** Sees to it that deleted words do not lie on in the file. */
  rewriteFile(): Promise<void>
  log: Log
}): TextIndex {
  const { writer, bodies, log } = from
  /** By key, from when they come until some time after they are written: a question may look at what was before. */
  const fresh = new Map<string, IndexedText>()
  let waiting: IndexedText[] = []
  let gone = new Set<string>()
  let { isLocked } = from
  const answers = new Map<string, Promise<string[]>>()
  let waitingTerms = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> = Promise.resolve()
  let catchingUp: Promise<void> = Promise.resolve()
  let reading: Promise<void> = Promise.resolve()
  let isClosing = false
  let isClosed = false

  function add(text: IndexedText): void {
    if (isClosed || (isLocked && text.isWhole)) return
    fresh.set(keyOf(text.id, text.isWhole), text)
    waiting.push(text)
    waitingTerms += text.terms.size
    answers.clear()
    if (waiting.length >= mostTexts || waitingTerms >= mostTerms) void flush()
    else timer ??= setTimeout(() => void flush(), longestWaitMs)
  }

  /** One after the other; a failure leaves all for the next start, which sees what is missing and what is too much. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0 && gone.size === 0) return writing
    // Of a text that came twice the later one stands.
    const came = [...new Map(waiting.map((text) => [keyOf(text.id, text.isWhole), text])).values()]
    const went = [...gone]
    waiting = []
    gone = new Set()
    waitingTerms = 0
    return inTurn(() => write(came, went)).catch((error: unknown) =>
      log.warn('Texts could not be indexed for the search', { reason: String(error) }),
    )
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const outcome = writing.then(work)
    writing = outcome.catch(() => undefined)
    return outcome
  }

  /** What is kept by now decides: bodies may have come back, or gone while their words were read. */
  async function write(came: readonly IndexedText[], went: readonly string[]): Promise<void> {
    const whole = came.flatMap(({ id, isWhole }) => (isWhole ? [id] : []))
    const kept = await bodies.keptOf([...whole, ...went])
    await forget(went.filter((id) => !kept.has(id)))
    const texts = came.filter(({ id, isWhole }) => !isWhole || (kept.has(id) && !isLocked))
    if (texts.length > 0) await writer.use((statements) => writeTexts(statements, texts))
    setTimeout(() => settle(came), settleMs).unref()
  }

  function dropBodies(id: string): void {
    fresh.delete(keyOf(id, true))
    answers.clear()
    if (isClosed || isLocked) return
    gone.add(id)
    timer ??= setTimeout(() => void flush(), longestWaitMs)
  }

  async function empty(): Promise<void> {
    gone.clear()
    waiting = waiting.filter(({ isWhole }) => !isWhole)
    for (const [key, { isWhole }] of fresh) if (isWhole) fresh.delete(key)
    answers.clear()
    await inTurn(async () => {
      await from.rewriteFile()
      await writer.use((statements) => removeWholeTexts(statements, 'all'))
    })
    // An answer of before may have been remembered in between.
    answers.clear()
    await writer
      .use((statements) => statements.run('CHECKPOINT'))
      .catch((error: unknown) => log.warn('Removed words wait for the next checkpoint', { reason: String(error) }))
    if (!isLocked) start()
  }

  function start(): void {
    catchingUp = catchingUp.then(catchUp).catch((error: unknown) => {
      if (!isClosing) log.warn('Older texts could not be indexed for the search', { reason: String(error) })
    })
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

  async function readTerms(id: string, stored: StoredBodies): Promise<void> {
    if (isLocked) return
    const terms = await termsOf(stored)
    if (terms === null) return
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
    if (isLocked) {
      // An older app put them there, or the app ended before they were removed.
      if (indexed.size > 0) await empty()
      return
    }
    const kept = await bodies.ids()
    await inTurn(() => forget(without(indexed, kept)))
    for (const id of kept) {
      if (isClosing || isLocked) return
      if (indexed.has(id)) continue
      const stored = await bodies.read(id, { isPeek: true })
      if (stored) await addBodies(id, stored)
      await pause(restMs)
    }
  }

  /** Texts that made room, or that the user threw away. */
  async function forget(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await writer.use((statements) => removeWholeTexts(statements, ids))
    answers.clear()
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
    // Words that an older app left here are not searched even before they are removed.
    if (isLocked) isIn.push('whole = 0')
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
    return needsText ? withWords(statements, bodies, here, { text, isPrefix }) : [...here.keys()]
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
    dropBodies,
    empty,
    async lock() {
      if (isLocked) return
      isLocked = true
      try {
        await empty()
      } catch (error) {
        // Nothing is encrypted then, and another try must begin anew.
        isLocked = false
        start()
        throw error
      }
    },
    unlock() {
      if (!isLocked) return
      isLocked = false
      start()
    },
    isLocked: () => isLocked,
    start,
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
