import type { DiagnosticCheck } from '../contract/diagnostics'
import type { FeedState } from '../contract/workspace'
import { asFailure, type Failure } from '../core/failure'
import { SilentFeedFailure, type FeedProbe } from '../live/probe-feed'
import { utcTime } from './utc-time'

/** An event that is under way longer than this from the answer's headers was held by something in between. */
const heldAfterMs = 2000

/** What opening the proxy's stream once gave; null where the workspace has no dashboard URL. */
export type ProbeOutcome = { probe: FeedProbe } | { failure: Failure } | null

/** Opens the stream once. Never throws. */
export async function tryFeed(probe: (() => Promise<FeedProbe>) | null): Promise<ProbeOutcome> {
  if (probe === null) return null
  try {
    return { probe: await probe() }
  } catch (error) {
    return { failure: asFailure(error) }
  }
}

/** The key, the live events as they stand now, and whether something holds events back. */
export function checkFeed(outcome: ProbeOutcome, hasKey: boolean, feed: FeedState | null): DiagnosticCheck[] {
  return [checkKey(outcome, hasKey), checkNews(outcome, feed), checkBuffering(outcome)]
}

function checkKey(outcome: ProbeOutcome, hasKey: boolean): DiagnosticCheck {
  const check = { name: 'key' as const, advice: null, sql: null }
  if (outcome === null) {
    return { ...check, outcome: 'skipped', detail: 'No dashboard URL, so no key is needed.' }
  }
  if ('probe' in outcome) {
    return hasKey
      ? { ...check, outcome: 'passed', detail: 'The proxy takes the API key.' }
      : { ...check, outcome: 'passed', detail: 'The proxy asks for no API key.' }
  }
  const { code, message, hint } = outcome.failure
  if (code !== 'feed-unauthorised') {
    return { ...check, outcome: 'skipped', detail: 'The proxy did not get as far as looking at the key.' }
  }
  return hasKey
    ? { ...check, outcome: 'failed', detail: message, advice: hint }
    : { ...check, outcome: 'failed', detail: 'The proxy asks for an API key and none is set.', advice: hint }
}

const vias: Record<FeedState['via'], string> = {
  stream: "by the proxy's event stream",
  notify: 'by the database itself',
  polling: 'by asking the database every few seconds',
  none: 'not at all',
}

function checkNews(outcome: ProbeOutcome, feed: FeedState | null): DiagnosticCheck {
  const check = { name: 'feed' as const, advice: null, sql: null }
  const heard = feed?.lastEventAt ? `, the last event at ${utcTime(feed.lastEventAt)}` : ''
  const arrives = feed ? `News arrive ${vias[feed.via]} since ${utcTime(feed.since)}${heard}.` : 'Nothing is followed.'
  if (outcome === null) return { ...check, outcome: 'passed', detail: `No dashboard URL. ${arrives}` }
  if ('probe' in outcome) {
    // The stream can be opened; whether the app follows it is another question.
    if (feed?.via === 'stream') return { ...check, outcome: 'passed', detail: arrives }
    const detail = `The event stream can be opened now. ${arrives}`
    return { ...check, outcome: 'warning', detail, advice: 'The app opens it again by itself within a minute.' }
  }
  const { message, hint } = outcome.failure
  return { ...check, outcome: 'failed', detail: `${message} ${arrives}`, advice: hint }
}

function checkBuffering(outcome: ProbeOutcome): DiagnosticCheck {
  const check = { name: 'buffering' as const, advice: null, sql: null }
  const advice = 'Turn response buffering off for this path in the reverse proxy (nginx: proxy_buffering off).'
  if (outcome === null) return { ...check, outcome: 'skipped', detail: 'No event stream is followed.' }
  if ('failure' in outcome) {
    if (!(outcome.failure instanceof SilentFeedFailure)) {
      return { ...check, outcome: 'skipped', detail: 'The event stream could not be opened.' }
    }
    const detail = 'The address takes the question and gives nothing back: a reverse proxy may hold the events.'
    return { ...check, outcome: 'warning', detail, advice }
  }
  const { answeredMs, firstByteMs } = outcome.probe
  const detail = `The answer came after ${Math.round(answeredMs)} ms, its first event ${Math.round(firstByteMs)} ms later.`
  return firstByteMs > heldAfterMs
    ? { ...check, outcome: 'warning', detail: `${detail} Something holds it.`, advice }
    : { ...check, outcome: 'passed', detail }
}
