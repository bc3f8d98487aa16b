/** What the desktop host's preload puts on the window; absent in a browser. */
export interface Bridge {
  send(frame: Frame): void
  onReply(listener: (frame: Frame) => void): void
}

export type Frame = string | ArrayBuffer | Uint8Array

declare global {
  interface Window {
    readonly bridge?: Bridge
  }
}

/** The bridge in the shape of a message port, as oRPC's link wants it. */
export function bridgePort(bridge: Bridge): Pick<MessagePort, 'addEventListener' | 'postMessage'> {
  return {
    postMessage: (frame: Frame) => bridge.send(frame),
    addEventListener: (type: string, listener: unknown) => {
      // The port lives as long as the page, so there is no close to hear.
      if (type !== 'message') return
      const onMessage = listener as (event: { data: Frame }) => void
      bridge.onReply((frame) => onMessage({ data: frame }))
    },
  }
}
