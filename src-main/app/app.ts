import type { AppEvent } from '../contract/workspace'
import type { Exports } from './exports-api'
import type { AppApi } from '../rpc/app-api'
import type { DescribeError } from '../rpc/router'

/** The product without a host. Made by `buildApp`; a host adds a window or an HTTP server. */
export interface App {
  api: AppApi
  describeError: DescribeError
  /** Settles when the first workspace has been opened, or could not be. */
  opened: Promise<void>
  exports: Pick<Exports, 'make' | 'fetch'>
  /** Hears what `workspace.events` streams, without a transport. Returns the way to stop. */
  onEvent(listener: (event: AppEvent) => void): () => void
  /** The machine woke up or its network came back: look now, instead of when the next try is due. */
  resume(): void
  /** Closes everything in order; safe to call twice. */
  close(): Promise<void>
}
