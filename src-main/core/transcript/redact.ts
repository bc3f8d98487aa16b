import type { Redaction, RemovedText } from '../../contract/transcripts'
import { Failure } from '../failure'
import { compileOwnPattern, replaceWithin } from './own-pattern'

type Kind = RemovedText['kind']

const kinds = new Set(['text', 'thinking', 'tool-use', 'tool-result', 'image', 'document', 'unknown'])

/** Words of the transcript's own form, and pictures' bytes: a pattern that hits one by chance would spoil the file. */
function isOwnWord(holder: object, name: string, value: unknown): boolean {
  if (typeof value !== 'string' || !('kind' in holder)) return false
  if (name === 'kind') return kinds.has(value)
  return name === 'data' && holder.kind === 'image' && /^[A-Za-z\d+/=\s]+$/.test(value)
}

export interface Redactor {
  /** The text without what must not leave. */
  redact(text: string): string
  /** A text that stands under a name: whatever is called a password is one. */
  redactNamed(name: string, text: string): string
  /** Any JSON value with all of its texts and names redacted. */
  redactValue<T>(value: T): T
  /** The most frequent first; of very many different ones not all. */
  removed(): RemovedText[]
  total(): number
  /** Another text begins: own patterns have their time anew. */
  restart(): void
}

const longestShown = 200
const mostRemembered = 10_000
/** Own patterns are cheap each; on enormous texts all of them together get no more than this. */
const longestOwnMs = 5000

const secrets = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{1,20000}?-----END [A-Z ]*PRIVATE KEY-----/g,
  /\bsk-[\w-]{16,200}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\b(?:gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,100}|npm_\w{30,100}|xox[abeprs]-[\w-]{10,200})/g,
  /\bAIza[\w-]{35}/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}/g,
  /(?<=\bBearer )[\w.~+/-]{12,4000}={0,2}/gi,
  /(?<=:\/\/[^\s:/@]{1,200}:)[^\s:/@]{1,200}(?=@)/g,
  /(?<=\b(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;<>]{6,500}/gi,
]
/** Names whose text is a secret, whatever it looks like. */
const secretName = /(?:^|[_.-])(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)$/i
const mail = [/[\w.%+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}\b/gi]
const homePaths = [
  /(?<=\/(?:home|Users)\/)[^/\s"'<>:|\\]{1,100}/g,
  /(?<=\b[A-Z]:\\{1,2}Users\\{1,2})[^\\/\s"'<>:|]{1,100}/gi,
]

const marks: Record<Kind, string> = {
  secret: '[secret removed]',
  mail: '[mail address removed]',
  'home-path': '[user]',
  own: '[removed]',
}

/** All that is known, and patterns of one's own. */
export function fullRedaction(patterns: string[]): Redaction {
  return { secrets: true, mail: true, homePaths: true, patterns }
}

/** Takes out what was chosen and remembers it. Throws `invalid-input` for an own pattern that could take forever. */
export function createRedactor(choice: Redaction, now: () => number): Redactor {
  const own = choice.patterns.map(compileOwnPattern)
  const rules: [Kind, RegExp[]][] = [
    ['secret', choice.secrets ? secrets : []],
    ['mail', choice.mail ? mail : []],
    ['home-path', choice.homePaths ? homePaths : []],
  ]
  const found = new Map<string, RemovedText>()
  let total = 0
  let ownMs = 0

  function remove(kind: Kind, text: string): string {
    const key = `${kind} ${text}`
    const before = found.get(key)
    total++
    if (before) before.count++
    else if (found.size < mostRemembered) found.set(key, { kind, text: text.slice(0, longestShown), count: 1 })
    return marks[kind]
  }

  function redact(text: string): string {
    let result = text
    for (const [kind, expressions] of rules) {
      for (const expression of expressions) result = result.replace(expression, (match) => remove(kind, match))
    }
    if (own.length === 0) return result
    const startMs = now()
    for (const expression of own) {
      const isLate = (): boolean => ownMs + now() - startMs > longestOwnMs
      result = replaceWithin(result, expression, (match) => remove('own', match), isLate)
      if (isLate()) {
        throw new Failure('invalid-input', {
          message: 'Your patterns take too long on this conversation.',
          hint: 'Make them more exact, or export less at once.',
        })
      }
    }
    ownMs += now() - startMs
    return result
  }

  function redactNamed(name: string, text: string): string {
    const isSecret = choice.secrets && text !== '' && secretName.test(name)
    return isSecret ? remove('secret', text) : redact(text)
  }

  function redactValue<T>(value: T): T {
    if (typeof value === 'string') return redact(value) as T
    if (Array.isArray(value)) return value.map(redactValue) as T
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([name, each]) =>
      isOwnWord(value, name, each)
        ? [name, each]
        : [redact(name), typeof each === 'string' ? redactNamed(name, each) : redactValue(each)],
    )
    return Object.fromEntries(entries) as T
  }

  return {
    redact,
    redactNamed,
    redactValue,
    removed: () => [...found.values()].toSorted((a, b) => b.count - a.count),
    total: () => total,
    restart: () => void (ownMs = 0),
  }
}
