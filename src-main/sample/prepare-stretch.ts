import { setImmediate as nextTurn } from 'node:timers/promises'
import { appointments } from './calendar'
import { copyLine } from './copy-text'
import type { Stretch } from './sample-database'
import { requestValues } from './request-columns'
import type { SampleRequest } from './sample-request'
import { converse } from './scripts/work'

/** A conversation that was going on when the filling ended: its next request, and the ones after it. */
export interface RunningConversation {
  next: SampleRequest
  rest: Iterator<SampleRequest, void>
}

/** The conversations that begin in one stretch, ready to be written. */
export interface PreparedStretch {
  stretch: Stretch
  /** COPY text of `requests`, in pieces. */
  copyText: string[]
  /** Requests whose text the server has to make. */
  large: SampleRequest[]
  /** Requests whose answers are kept as rows of `streaming_chunks`. */
  chunked: SampleRequest[]
  running: RunningConversation[]
}

export interface Filling {
  seed: string
  /** The end of the first filling, from which the hours of the calendar are counted. */
  anchorMs: number
  /** Nothing that is answered after this moment is written. */
  untilMs: number
  signal: AbortSignal
}

/** At most this long at a time, so that the app stays awake. */
const sliceMs = 8
const pieceLength = 128 * 1024

/** Makes the requests of one stretch up, a slice at a time. Throws the signal's reason when it is aborted. */
export async function prepareStretch(stretch: Stretch, filling: Filling): Promise<PreparedStretch> {
  const { seed, anchorMs, untilMs, signal } = filling
  const prepared: PreparedStretch = { stretch, copyText: [], large: [], chunked: [], running: [] }
  let lines: string[] = []
  let length = 0
  let sliceStart = performance.now()
  for (const appointment of appointments(seed, anchorMs, stretch.fromMs, stretch.toMs)) {
    const requests = converse(appointment)
    for (let step = requests.next(); !step.done; step = requests.next()) {
      const request = step.value
      if (request.timestampMs + (request.responseTimeMs ?? 0) > untilMs) {
        prepared.running.push({ next: request, rest: requests })
        break
      }
      if (request.streamChunks.length > 0) prepared.chunked.push(request)
      if (request.largeText) prepared.large.push(request)
      else length += lines[lines.push(copyLine(requestValues(request))) - 1]!.length
      if (length > pieceLength) {
        prepared.copyText.push(lines.join(''))
        lines = []
        length = 0
      }
      if (performance.now() - sliceStart > sliceMs) {
        await nextTurn()
        signal.throwIfAborted()
        sliceStart = performance.now()
      }
    }
  }
  prepared.copyText.push(lines.join(''))
  return prepared
}
