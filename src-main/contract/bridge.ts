/** The one IPC channel of the desktop host: calls go up on it, replies come down. */
export const bridgeChannel = 'nexus-frame'

/** What oRPC sends: text, or bytes where a value is binary. */
export type Frame = string | ArrayBuffer | Uint8Array

/** All that the preload gives to the page, as `window.bridge`. */
export interface Bridge {
  send(frame: Frame): void
  onReply(listener: (frame: Frame) => void): void
}
