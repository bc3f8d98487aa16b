import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { StandardRPCHandler } from '@orpc/server/standard'
import { ServerPeer } from '@orpc/standard-server-peer'
import { refuseMalformed } from './refuse-malformed'
import type { Router } from './router'

/*
 * Trusts that the host passes on frames of its own page only. A frame's content is not trusted: what is no frame, is too
 * long or does not decode is dropped and never throws.
 */

/** What oRPC sends: text, or bytes where a value is binary. */
type Frame = string | ArrayBufferLike | Uint8Array

/** One end of a message port: `MessagePort` has this shape, and the desktop host makes one of its IPC channel. */
export interface ServerPort {
  postMessage(frame: Frame): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
}

/** Far above any input of the contract; below what would be felt when it is parsed. */
const maxFrameLength = 1_000_000

/**
 * Answers the calls that arrive on `port` until it closes, which also ends its calls and streams. Returns a way to do
 * the same from this side, for a page that was left or reloaded.
 */
export function servePort(router: Router, port: ServerPort): () => void {
  const handle = createServerPeerHandleRequestFn(
    new StandardRPCHandler(router, { interceptors: [refuseMalformed] }),
    {},
  )
  let isOpen = true
  const peer = new ServerPeer((frame) => {
    if (isOpen) port.postMessage(frame)
  })
  const stop = (): void => {
    isOpen = false
    peer.close()
  }
  port.addEventListener('message', (event) => {
    const frame = toFrame(event.data)
    if (frame === null || !isOpen) return
    // What fails here is a frame that does not decode or a page that is gone: nobody is left to be told.
    peer.message(frame, handle).catch(() => undefined)
  })
  port.addEventListener('close', stop)
  return stop
}

function toFrame(data: unknown): string | Uint8Array | null {
  const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : data
  if (typeof frame !== 'string' && !(frame instanceof Uint8Array)) return null
  return frame.length <= maxFrameLength ? frame : null
}
