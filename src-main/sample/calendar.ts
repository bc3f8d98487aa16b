import { sampleDomains, type SampleDomain } from './domains'
import { SeedRandom } from './seed-random'
import type { WorkName } from './scripts/work'

export const hourMs = 3_600_000

/** A conversation to be held: the seed of everything that is said in it. */
export interface Appointment {
  startMs: number
  domain: SampleDomain
  /** Null leaves the choice to the domain's habits. */
  work: WorkName | null
  random: SeedRandom
  /** Share of requests that end in an error at that time. */
  errorShare: number
  /** True while the API is overloaded. */
  isOverloaded: boolean
}

/** Share of a day's conversations by hour of the day, where people are. */
const officeDay = [0, 0, 0, 0, 0, 0, 0.2, 1, 4, 9, 12, 11, 6, 9, 12, 11, 9, 6, 3, 2, 1.5, 1, 0.5, 0.1]
const longDay = [1, 0.6, 0.4, 0.3, 0.4, 0.8, 2, 4, 6, 7, 7.5, 7, 6, 6, 6.5, 7, 7, 6.5, 6, 5, 4, 3.5, 2.5, 1.5]
const everyHour = [4, 4, 4.4, 4, 4, 4, 4, 4.2, 4.4, 4.4, 4.2, 4, 4, 4, 4.4, 4.6, 4.6, 4.4, 4.2, 4, 4, 4, 4, 4]
const nightJob = [0, 3, 46, 38, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
const dayOf = { office: officeDay, 'long-day': longDay, always: everyHour, night: nightJob }

/** Conversations that every sample has, in hours before its first end: trials of each kind of block, large bodies. */
const fixtures: readonly { hoursBefore: number; domainName: string; work: WorkName }[] = [
  ...[3, 9, 27].map((hoursBefore) => ({
    hoursBefore,
    domainName: 'sandbox.brightfork.example',
    work: 'all-features' as const,
  })),
  ...[6, 51, 196, 437].map((hoursBefore) => ({
    hoursBefore,
    domainName: 'agents.orbital.example',
    work: 'large-log' as const,
  })),
  ...[30, 330].map((hoursBefore) => ({
    hoursBefore,
    domainName: 'dev.brightfork.example',
    work: 'log-too-large' as const,
  })),
  ...[12, 140].map((hoursBefore) => ({
    hoursBefore,
    domainName: 'support.meridian-air.example',
    work: 'large-image' as const,
  })),
]

/** Hours before the first end in which the API was overloaded. */
const overload = { fromHoursBefore: 294, toHoursBefore: 291 }

/**
 * The conversations that begin in a half-open stretch of time, hour by hour. They depend on the seed, on the hour
 * counted from `anchorMs` (the end of the first filling), and for the rhythm on the hour of the week.
 */
export function* appointments(
  seed: string,
  anchorMs: number,
  fromMs: number,
  toMs: number,
): Generator<Appointment, void> {
  const firstHour = Math.floor((fromMs - anchorMs) / hourMs)
  for (let hour = firstHour; anchorMs + hour * hourMs < toMs; hour++) {
    for (const appointment of appointmentsOfHour(seed, anchorMs, hour)) {
      if (appointment.startMs >= fromMs && appointment.startMs < toMs) yield appointment
    }
  }
}

function* appointmentsOfHour(seed: string, anchorMs: number, hour: number): Generator<Appointment, void> {
  const hourStartMs = anchorMs + hour * hourMs
  const isOverloaded = -hour <= overload.fromHoursBefore && -hour > overload.toHoursBefore
  for (const domain of sampleDomains) {
    const random = new SeedRandom(seed, 'hour', domain.name ?? '', hour)
    const works = fixtures
      .filter((fixture) => fixture.hoursBefore === -hour && fixture.domainName === domain.name)
      .map((fixture): WorkName | null => fixture.work)
    const count = random.count(expectedConversations(domain, hourStartMs + hourMs / 2) * growth(hour))
    for (let index = 0; index < count; index++) works.push(null)
    for (const [index, work] of works.entries()) {
      yield {
        startMs: Math.floor(hourStartMs + random.next() * hourMs),
        domain,
        work,
        random: new SeedRandom(seed, 'conversation', domain.name ?? '', hour, index),
        errorShare: isOverloaded ? 0.4 : domain.errorShare,
        isOverloaded,
      }
    }
  }
}

/** How many conversations begin in the hour around that moment, by the clock of the domain's own zone. */
export function expectedConversations(domain: SampleDomain, timestampMs: number): number {
  const { hour, weekday } = localHour(domain.zone, timestampMs)
  const day = dayOf[domain.rhythm]
  const share = day[hour]! / day.reduce((sum, weight) => sum + weight, 0)
  const restFactor = domain.restDays.includes(weekday) ? (domain.rhythm === 'office' ? 0.06 : 0.45) : 1
  return domain.conversationsPerDay * share * restFactor
}

/** The business grows by half over the first thirty days, then stays. */
function growth(hour: number): number {
  return 1.2 + Math.max(-0.4, Math.min(0, hour / 720) * 0.4)
}

const zoneFormats = new Map(
  sampleDomains.map(({ zone }) => [
    zone,
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' }),
  ]),
)
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function localHour(zone: string, timestampMs: number): { hour: number; weekday: number } {
  const parts = zoneFormats.get(zone)!.formatToParts(timestampMs)
  const value = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return { hour: Number(value('hour')), weekday: weekdays.indexOf(value('weekday')) }
}
