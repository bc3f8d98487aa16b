import type { HourSums } from '../core/ports'
import { isSameHour } from './hour-sums'
import { hourOf } from './hourly'
import { withPlace } from './identity'
import type { TimeRange } from './replica-store'
import type { SyncContext } from './sync-context'
import { dayUs, hourUs } from './time-units'

/** What the look that follows has to do about the source. */
export type SourceVerdict =
  | { kind: 'same' }
  /** The rows are gone: everything is to be read from the beginning. */
  | { kind: 'cleared' }
  /** The rows may be of another moment: what is newer than this is read again, the rest compared. */
  | { kind: 'recheck'; newestUs: number | null }

/** Days that are looked at to tell another database from the same one in another place. */
const sampledDays = 5
/** A day is the same when this much of its hours is: rows may have come late or gone. */
const sameShare = 0.9

/**
 * Notices that another database answers, or the same one in an earlier state, before a row of it is mixed with ours.
 * A place that is new and has none of our days is another database: the replica is emptied. One that has them was
 * moved or restored: what differs is found by comparing. `seenFromUs`: from there on the look sees every row.
 */
export async function checkSource(context: SyncContext, seenFromUs: number): Promise<SourceVerdict> {
  const { source, replica, status, log, signal } = context
  const found = await source.readIdentity(signal)
  const known = replica.identity()
  const next = withPlace(known, found)
  if (replica.asOfUs() === null || known === null) {
    await keepIfNew(context, next)
    return { kind: 'same' }
  }
  if (!known.places.includes(found.place)) {
    if (await isOtherDatabase(context)) {
      await replica.clear(withPlace(null, found))
      log.warn('Another database answers at this address; the local copy is read again from it')
      status.notify('other-database')
      return { kind: 'cleared' }
    }
    await replica.keepIdentity(next)
    log.warn('The database was moved or restored; the local copy is compared with it')
    status.notify('moved')
    return { kind: 'recheck', newestUs: found.newestUs === undefined ? replica.asOfUs() : found.newestUs }
  }
  const isRestored = known.timeline !== null && found.timeline !== null && known.timeline !== found.timeline
  await keepIfNew(context, next)
  if (!isRestored && !(await endsEarlier(context, found.newestUs, seenFromUs))) return { kind: 'same' }
  log.warn('The database is in an earlier state; the local copy is compared with it')
  status.notify('earlier-state')
  return { kind: 'recheck', newestUs: found.newestUs === undefined ? replica.asOfUs() : found.newestUs }
}

async function keepIfNew({ replica }: SyncContext, next: ReturnType<typeof withPlace>): Promise<void> {
  if (JSON.stringify(replica.identity()) !== JSON.stringify(next)) await replica.keepIdentity(next)
}

/** Whether we have rows from behind the source's newest one that are too old for a look to see that they are gone. */
async function endsEarlier({ replica }: SyncContext, newestUs: number | null | undefined, olderThanUs: number) {
  if (newestUs === undefined || (newestUs !== null && newestUs >= olderThanUs)) return false
  const ourNewestUs = await replica.newestRowUs(olderThanUs)
  return ourNewestUs !== null && (newestUs === null || newestUs < ourNewestUs)
}

async function isOtherDatabase({ source, replica, signal }: SyncContext): Promise<boolean> {
  const [first, last] = [replica.coverage()[0], replica.coverage().at(-1)]
  if (!first || !last) return true
  // The hour under way still changes; it says nothing.
  const ours = await replica.hourSums({
    fromUs: hourOf(first.fromUs + hourUs - 1) * hourUs,
    toUs: hourOf(last.toUs) * hourUs,
  })
  for (const day of sampleDays(ours)) {
    const theirs = await source.readHourSums(day, signal)
    if (shareOfSame(ours.filter(isWithin(day)), theirs) >= sameShare) return false
  }
  return true
}

/** Days that have rows here, from the newest to the oldest with even steps between. */
function sampleDays(ours: HourSums[]): TimeRange[] {
  const days = [...new Set(ours.map(({ hour }) => Math.floor(hour / 24)))].sort((a, b) => b - a)
  const last = days.length - 1
  const places = Array.from({ length: sampledDays }, (_, step) => Math.round((step * last) / (sampledDays - 1)))
  return [...new Set(places)].flatMap((place) => {
    const day = days[place]
    return day === undefined ? [] : [{ fromUs: day * dayUs, toUs: (day + 1) * dayUs }]
  })
}

function isWithin({ fromUs, toUs }: TimeRange) {
  return ({ hour }: HourSums): boolean => hour * hourUs >= fromUs && hour * hourUs < toUs
}

function shareOfSame(ours: HourSums[], theirs: HourSums[]): number {
  const byHour = new Map(theirs.map((sums) => [sums.hour, sums]))
  const same = ours.filter((sums) => isSameHour(sums, byHour.get(sums.hour)))
  return ours.length === 0 ? 0 : same.length / ours.length
}
