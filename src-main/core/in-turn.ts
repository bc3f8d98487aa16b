/**
 * Gives work its turn: what is asked for at the same time is done one after the other, each beginning once the one before
 * it has ended, well or not. A change that is made of what is there needs it, or two at once lose one.
 */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    // The next one must run even if this one failed; the caller of this one hears of it.
    last = turn.catch(() => undefined)
    return turn
  }
}
