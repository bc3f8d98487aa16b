import type { UpdateState } from '../contract/updates'
import { Failure } from '../core/failure'
import type { AppApi } from '../rpc/app-api'

/** Newer versions of the app, where its host can fetch them. Each throws `update-failed`. */
export interface Updates {
  state(): UpdateState
  check(): Promise<UpdateState>
  /** Fetches what `check` found; `signal` gives it up. */
  download(signal: AbortSignal | undefined): Promise<UpdateState>
  /** Ends the app, puts the fetched version in its place and starts that. */
  install(): Promise<UpdateState>
}

export function createUpdatesApi(updates: Updates | undefined): AppApi['updates'] {
  function offered(): Updates {
    if (updates === undefined) throw new Failure('not-supported')
    return updates
  }
  return {
    state: async () => offered().state(),
    check: () => offered().check(),
    download: (_input, { signal }) => offered().download(signal),
    install: () => offered().install(),
  }
}
