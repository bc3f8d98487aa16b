import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'
import type { Session } from './session'

/**
 * How DuckDB works for questions, and while many rows come in. A statement's caller spins while DuckDB's own thread
 * works for it, which is a fifth of the processor time of a first sync; alone it does all of the work itself. Writing
 * needs little of what was read before.
 */
const modes = {
  asking: { threads: 2, memoryLimit: '256MB' },
  loading: { threads: 1, memoryLimit: '128MB' },
} as const

/** What a database is opened with. */
export const openingMode = modes.asking

/** Blocks of the file that DuckDB has in memory go when nobody has asked for so long. */
const restMs = 10_000
const heldAtRest = '32MB'
const muchBytes = 64_000_000

export interface DatabaseMemory {
  /** Runs work that writes many rows. Several may run at once. */
  whileLoading<T>(work: () => Promise<T>): Promise<T>
  /** Somebody asks: what is in memory is kept for the next question. */
  noteQuestion(): void
  close(): Promise<void>
}

/** `control` is a session of its own; `sessions` are all others, whose statements must not meet a lowered limit. */
export function createDatabaseMemory(options: {
  control: Session
  sessions: readonly Session[]
  log: Log
  restMs?: number
}): DatabaseMemory {
  const { control, sessions, log } = options
  const rest = options.restMs ?? restMs
  let loads = 0
  let lastQuestionMs = performance.now()
  let checking: Promise<void> = Promise.resolve()

  async function apply({ threads, memoryLimit }: (typeof modes)[keyof typeof modes]): Promise<void> {
    await control
      .use((statements) => statements.run(`SET threads = ${threads}; SET memory_limit = '${memoryLimit}'`))
      .catch(warn)
  }

  /** Work goes on with the memory that is held: questions may need it just now. */
  function warn(error: unknown): void {
    log.warn('Memory could not be given back', { reason: String(asFailure(error).cause) })
  }

  async function giveBack(): Promise<void> {
    const isAtRest = (): boolean =>
      loads === 0 && performance.now() - lastQuestionMs >= rest && sessions.every(({ waiting }) => waiting === 0)
    if (!isAtRest() || (await heldBytes()) < muchBytes || !isAtRest()) return
    await alone(sessions, () =>
      control.use(async (statements) => {
        if (loads > 0) return
        try {
          await statements.run(`SET memory_limit = '${heldAtRest}'`)
        } finally {
          await statements.run(`SET memory_limit = '${modes.asking.memoryLimit}'`)
        }
      }),
    )
  }

  async function heldBytes(): Promise<number> {
    const [held] = await control.use((statements) =>
      statements.rows<{ bytes: number }>('SELECT sum(memory_usage_bytes)::DOUBLE AS bytes FROM duckdb_memory()'),
    )
    return held!.bytes
  }

  const timer = setInterval(() => {
    checking = checking.then(giveBack).catch(warn)
  }, rest)
  timer.unref()

  return {
    async whileLoading(work) {
      if (loads++ === 0) await apply(modes.loading)
      try {
        return await work()
      } finally {
        if (--loads === 0) await apply(modes.asking)
      }
    },
    noteQuestion() {
      lastQuestionMs = performance.now()
    },
    async close() {
      clearInterval(timer)
      await checking
      await control.close()
    },
  }
}

/** Runs `work` while no session runs anything; what is asked meanwhile waits. */
function alone(sessions: readonly Session[], work: () => Promise<void>): Promise<void> {
  const [first, ...others] = sessions
  return first ? first.use(() => alone(others, work)) : work()
}
