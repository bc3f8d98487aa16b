import { Failure } from '../failure'

/** A stretch of time in which a zone keeps one distance from UTC. `fromMs` inclusive, `toMs` exclusive. */
export interface OffsetSpan {
  fromMs: number
  toMs: number
  /** Milliseconds to add to UTC for the clock on the wall. */
  offsetMs: number
}

const dayMs = 86_400_000

/**
 * The zone's distances from UTC between two moments, in order and without gaps. A zone that changes twice within one
 * day would be seen as having changed once; none has since 1970. Throws `invalid-input` for an unknown zone.
 */
export function offsetSpans(timeZone: string, fromMs: number, toMs: number): OffsetSpan[] {
  const offsetAt = createOffsetReader(timeZone)
  const spans: OffsetSpan[] = []
  let span: OffsetSpan = { fromMs, toMs, offsetMs: offsetAt(fromMs) }
  for (let probeMs = fromMs; probeMs < toMs;) {
    const nextMs = Math.min(probeMs + dayMs, toMs)
    const offsetMs = offsetAt(nextMs)
    if (offsetMs !== span.offsetMs) {
      const changeMs = findChange(offsetAt, span.offsetMs, probeMs, nextMs)
      spans.push({ ...span, toMs: changeMs })
      span = { fromMs: changeMs, toMs, offsetMs }
    }
    probeMs = nextMs
  }
  return [...spans, span]
}

/** First millisecond after `beforeMs` at which the offset is no longer `offsetMs`; `afterMs` is known to differ. */
function findChange(offsetAt: (ms: number) => number, offsetMs: number, beforeMs: number, afterMs: number): number {
  let before = beforeMs
  let after = afterMs
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offsetMs) before = middle
    else after = middle
  }
  return after
}

function createOffsetReader(timeZone: string): (ms: number) => number {
  const format = openFormat(timeZone)
  return (ms) => {
    const wholeSeconds = Math.floor(ms / 1000) * 1000
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(wholeSeconds)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSeconds
  }
}

function openFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    throw new Failure('invalid-input', { message: `${timeZone} is no time zone.`, cause: error })
  }
}
