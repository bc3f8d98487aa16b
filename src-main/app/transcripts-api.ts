import { createHash } from 'node:crypto'
import type { TranscriptFile, TranscriptInput, TranscriptPreview } from '../contract/transcripts'
import type { BodyWork } from '../core/bodies/body-work'
import { buildRequestDetail } from '../core/bodies/request-detail'
import { Failure } from '../core/failure'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { readingOrder } from '../core/threads/reading-order'
import { createRedactor } from '../core/transcript/redact'
import { rememberRequest, toTranscriptRequest, type ReadBefore, type Transcript } from '../core/transcript/transcript'
import { transcriptPieces } from '../core/transcript/transcript-text'
import { toHtml, transcriptStyle } from '../core/transcript/to-html'
import { toMarkdown } from '../core/transcript/to-markdown'
import type { Remote } from '../core/remote-work'
import type { AppApi } from '../rpc/app-api'
import { joinThread } from './join-thread'
import { findRow, readBodies } from './read-request'
import type { Workspaces } from './workspaces'

const mostRequests = 500
/** Characters of bodies; the file is made in memory. */
const mostCharacters = 100_000_000
const mostRemovedShown = 500

const formats = {
  markdown: { ending: 'md', mediaType: 'text/markdown; charset=utf-8' },
  html: { ending: 'html', mediaType: 'text/html; charset=utf-8' },
  json: { ending: 'json', mediaType: 'application/json' },
}

/** One request or one conversation as a file, without what its reader must not see. */
export function createTranscriptsApi(
  workspaces: Workspaces,
  ledger: PriceLedger,
  reading: Remote<BodyWork>,
): AppApi['transcripts'] {
  async function read({ id, extent }: TranscriptInput, signal: AbortSignal | undefined): Promise<Transcript> {
    const workspace = workspaces.open()
    const joined = await joinThread(workspace, id)
    const ordered = readingOrder(joined.requests).map(({ item }) => item)
    const wanted = extent === 'conversation' ? ordered : ordered.filter(({ link }) => link.id === id.toLowerCase())
    if (wanted.length > mostRequests) {
      throw new Failure('too-large', {
        message: `This conversation has more than ${mostRequests} requests.`,
        hint: 'Export its requests one by one, or as a list.',
      })
    }
    const before = new Map<string, ReadBefore>()
    const transcript: Transcript = { conversationId: joined.conversationId, requests: [] }
    let characters = 0
    for (const { link, turn } of wanted) {
      if (signal?.aborted) throw new Failure('query-cancelled')
      const found = await findRow(workspace, link.id)
      const bodies = await readBodies(workspace, found)
      characters += (bodies.request?.length ?? 0) + (bodies.response?.length ?? 0)
      if (characters > mostCharacters) {
        throw new Failure('too-large', {
          message: 'This conversation is too long for one file.',
          hint: 'Export its requests one by one.',
        })
      }
      const { request, response, readFrom, readAt } = bodies
      const opened = await reading.open(link.id, { request, response }, {})
      const detail = buildRequestDetail({ ...found, opened, ledger, readFrom, readAt })
      const parent = link.kind === 'sub-agent' ? null : before.get(link.retryOf ?? link.parentId ?? '')
      transcript.requests.push(toTranscriptRequest(detail, { kind: link.kind, turn }, parent ?? null))
      before.set(link.id, rememberRequest(detail))
    }
    return transcript
  }

  async function make(input: TranscriptInput, signal: AbortSignal | undefined) {
    const redactor = createRedactor(input.redaction, Date.now)
    const whole = await read(input, signal)
    const name = `${input.extent}-${input.id.slice(0, 8)}-${(whole.requests[0]?.timestamp ?? '').slice(0, 10)}`
    const transcript = redactor.redactValue(whole)
    const pieces = (): ReturnType<typeof transcriptPieces> => transcript.requests.flatMap(transcriptPieces)
    const text = {
      json: () => `${JSON.stringify(transcript, null, 2)}\n`,
      markdown: () => `# ${name}\n\n${toMarkdown(pieces())}`,
      html: () => toHtml(name, pieces(), createHash('sha256').update(transcriptStyle).digest('base64')),
    }[input.format]()
    const { ending, mediaType } = formats[input.format]
    const file: TranscriptFile = { name: `${name}.${ending}`, mediaType, text }
    const preview: TranscriptPreview = {
      requests: transcript.requests.length,
      length: text.length,
      removed: redactor.removed().slice(0, mostRemovedShown),
      removedTotal: redactor.total(),
    }
    return { file, preview }
  }

  return {
    preview: async (input, { signal }) => (await make(input, signal)).preview,
    make: async (input, { signal }) => (await make(input, signal)).file,
  }
}
