/** As long as a machine may take that has ten times the work it can do. Nothing waits so long where all is well. */
export const patienceMs = 90_000
