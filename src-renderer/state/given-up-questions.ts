import type { PiniaColadaPlugin } from '@pinia/colada'

/**
 * Lets a question that was given up be asked again. Pinia Colada aborts one when the last component that asked it
 * leaves, yet gives it to the next that asks before it has ended: that one would wait for ever, or show an abort as a
 * failure. It happens wherever one view takes the place of another that asks the same.
 */
export const forgetGivenUpQuestions: PiniaColadaPlugin = ({ queryCache }) => {
  queryCache.$onAction(({ name, args }) => {
    if (name !== 'refresh') return
    const [entry] = args
    if (entry.pending?.abortController.signal.aborted) queryCache.cancel(entry)
  })
}
