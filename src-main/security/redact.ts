/*
 * Keeps secrets out of the log, twice: by the name of a field and by the value of every secret that the app knows.
 */

const mark = '[secret]'
const secretName =
  /pass(word|wd|phrase)?$|secret|token$|api[-_]?key|^key$|dashboard[-_]key|feed[-_]?key|authorization|cookie|credential/i
const longestDepth = 6
/** Shorter ones would cut ordinary words out of every line. */
const shortestSecret = 4

const patterns: ReadonlyArray<readonly [RegExp, string]> = [
  // user:password@ in any URL; a password may itself hold an @, so up to the last one before the path.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, `$1:${mark}@`],
  [/\b((?:x-dashboard-key|authorization|cookie|set-cookie)["']?\s*[:=]\s*)[^\r\n]+/gi, `$1${mark}`],
  [/([?&](?:key|token|password|apikey|api_key)=)[^&\s"']+/gi, `$1${mark}`],
  [/\bsk-ant-[\w-]+/g, mark],
]

/** The text without the secrets in `known` (nor their URL-encoded forms) and without what looks like one. */
export function redactText(text: string, known: Iterable<string> = []): string {
  let clean = text
  for (const secret of known) {
    if (secret.length < shortestSecret) continue
    for (const form of writtenForms(secret)) clean = clean.replaceAll(form, mark)
  }
  return patterns.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), clean)
}

/** How a secret may stand in a text: as it is, inside a URL, inside JSON. */
function writtenForms(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1)
  try {
    return [secret, encodeURIComponent(secret), inJson]
  } catch {
    // Half of a surrogate pair cannot stand in a URL.
    return [secret, inJson]
  }
}

/** The same for the details of a log line: fields that are named like a secret lose their value, texts are cleaned. */
export function redactDetails(details: Record<string, unknown>, known: Iterable<string> = []): Record<string, unknown> {
  const secrets = [...known]
  const seen = new WeakSet<object>()
  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return redactText(value, secrets)
    if (typeof value === 'bigint') return String(value)
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
    if (typeof value !== 'object' || value === null) return value
    if (depth > longestDepth || seen.has(value)) return '[left out]'
    seen.add(value)
    if (value instanceof Date) return value.toJSON()
    if (value instanceof Error) return clean(errorFields(value), depth)
    if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
    return cleanFields(value, depth)
  }
  const cleanFields = (fields: object, depth: number): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        redactText(name, secrets),
        secretName.test(name) && mayHoldSecret(value) ? mark : clean(value, depth + 1),
      ]),
    )
  return cleanFields(details, 0)
}

function errorFields(error: Error): Record<string, unknown> {
  return { ...error, name: error.name, message: error.message, stack: error.stack, cause: error.cause }
}

function mayHoldSecret(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean'
}
