import { parseArgs } from 'node:util'
import { exportInput, type ExportInput } from '../contract/exports'
import { Failure } from '../core/failure'
import { fullRedaction } from '../core/transcript/redact'

export const usage = `Writes requests of the last opened database (or of DATABASE_URL) to a file or to standard output.

  npm run -s export -- --format csv|json|jsonl|parquet [options]

  --out FILE          where to; without it to standard output
  --from, --to TIME   ISO 8601 instants, from inclusive, to not
  --hours N           the last N hours (24 if no time is given)
  --domain, --model   one domain, one model
  --q QUERY           in the query language (docs/query-language.md)
  --errors-only       failed requests alone
  --bodies            with the stored requests and answers
  --columns A,B       only these fields, in this order
  --redact            without keys, tokens, mail addresses and user names in paths
  --redact-pattern P  and without what this regular expression finds; may be given several times
`

export interface ExportArguments {
  input: ExportInput
  /** Null is standard output. */
  out: string | null
}

/** Reads the command line; null when help is asked for. Throws `invalid-input` with a sentence that names the option. */
export function readExportArguments(args: string[]): ExportArguments | null {
  const { help, out, hours, columns, redact, ...options } = parse(args)
  const { 'errors-only': errorsOnly, 'redact-pattern': patterns = [], ...rest } = options
  if (help) return null
  const parsed = exportInput.safeParse({
    ...rest,
    ...(hours !== undefined && { hours: Number(hours) }),
    ...(errorsOnly !== undefined && { errorsOnly }),
    ...(columns !== undefined && { columns: columns.split(',') }),
    ...((redact || patterns.length > 0) && { redaction: fullRedaction(patterns) }),
  })
  if (parsed.success) return { input: parsed.data, out: out ?? null }
  const [issue] = parsed.error.issues
  const option = issue!.path.length === 0 ? '' : `--${String(issue!.path[0])}: `
  throw new Failure('invalid-input', { message: `${option}${issue!.message}`, hint: 'See --help.' })
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h' },
        format: { type: 'string' },
        out: { type: 'string', short: 'o' },
        from: { type: 'string' },
        to: { type: 'string' },
        hours: { type: 'string' },
        domain: { type: 'string' },
        model: { type: 'string' },
        q: { type: 'string' },
        'errors-only': { type: 'boolean' },
        bodies: { type: 'boolean' },
        columns: { type: 'string' },
        redact: { type: 'boolean' },
        'redact-pattern': { type: 'string', multiple: true },
      },
    }).values
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Failure('invalid-input', { message, hint: 'See --help.', cause })
  }
}
