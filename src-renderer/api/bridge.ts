import type { Bridge, Frame } from '../../src-main/contract/bridge'

declare global {
  interface Window {
    /** What the desktop host's preload puts here; absent in a browser. */
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
