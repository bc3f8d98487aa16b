/** Work as it is asked for from somewhere else: the same methods, each answering later. */
export type Remote<Work> = {
  [Method in keyof Work]: Work[Method] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Answer>
    : never
}

/** The work done where it is asked for: what a test or a benchmark runs without a second thread. */
export function doneHere<Work extends object>(work: Work): Remote<Work> {
  const methods = Object.entries(work).map(([name, method]) => [
    name,
    async (...args: unknown[]) => (method as (...args: unknown[]) => unknown)(...args),
  ])
  return Object.fromEntries(methods) as Remote<Work>
}
