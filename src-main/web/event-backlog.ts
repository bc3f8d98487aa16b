import { randomBytes } from 'node:crypto'

/** The last events that were sent, for readers that come back. */
export interface EventBacklog {
  /** Gives the event its id and keeps it. */
  add(event: { domain: string | null; data: string }): string
  /** An id for an event that need not be sent again, since the next one of its kind says all. */
  nextId(): string
  /** What a reader missed who last saw `lastEventId`, oldest first. */
  since(lastEventId: string | null): KeptEvent[]
}

export interface KeptEvent {
  id: string
  domain: string | null
  data: string
}

/** Some 200 kB, and at one request a second a quarter of an hour. */
const mostEvents = 1000

/**
 * Ids are `<process>-<sequence>`. Whoever comes with an id of a former process, or one that is no longer kept, gets all
 * that is kept: all of it is later than what they saw. A text that is no id of ours gets nothing.
 */
export function createEventBacklog(): EventBacklog {
  const processName = randomBytes(6).toString('hex')
  const kept: Array<KeptEvent & { sequence: number }> = []
  let sequence = 0

  return {
    add({ domain, data }) {
      sequence += 1
      const id = `${processName}-${sequence}`
      kept.push({ id, domain, data, sequence })
      if (kept.length > mostEvents) kept.shift()
      return id
    },
    nextId() {
      sequence += 1
      return `${processName}-${sequence}`
    },
    since(lastEventId) {
      const [, name, last] = /^([0-9a-f]{12})-(\d{1,15})$/.exec(lastEventId ?? '') ?? []
      if (name === undefined) return []
      return name === processName ? kept.filter((event) => event.sequence > Number(last)) : [...kept]
    },
  }
}
