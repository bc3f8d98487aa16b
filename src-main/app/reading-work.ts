import { createBodyWork, type BodyWork } from '../core/bodies/body-work'
import { createThreadWork, type ThreadWork } from '../replica/thread-work'

/** All work on bodies that would block whoever does it: done in a thread of its own by the hosts. */
export interface ReadingWork extends BodyWork, ThreadWork {}

export function createReadingWork(): ReadingWork {
  return { ...createBodyWork(), ...createThreadWork() }
}

/** What the worker is asked, and what it answers to `n`. */
export interface ReadingCall {
  n: number
  method: keyof ReadingWork
  args: unknown[]
}
export type ReadingAnswer = { n: number; value: unknown } | { n: number; error: string }
