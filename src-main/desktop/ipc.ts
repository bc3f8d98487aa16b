/*
 * Trusts no sender: a frame is heard only when it comes from the main frame of our own page. What it says is not trusted
 * either; rpc/ parses it. The only file that hears IPC.
 */
import type { WebContents, WebFrameMain } from 'electron'
import { bridgeChannel } from '../contract/bridge'
import type { Log } from '../core/ports'
import type { ServerPort } from '../rpc/port'
import { isOwnFrame } from '../security/navigation'
import { appOrigin } from './app-scheme'

/**
 * Gives each page that `contents` shows a port of its own: it opens with the page's first frame and closes when the
 * page is left, reloaded, crashed or closed, so that no call or stream outlives the page that asked for it.
 */
export function servePages(contents: WebContents, serve: (port: ServerPort) => void, log: Log): void {
  let port: FramePort | null = null
  const closePort = (): void => {
    port?.close()
    port = null
  }
  contents.ipc.on(bridgeChannel, (event, frame: unknown) => {
    const sender = event.senderFrame
    if (sender === null || !isOwnFrame(sender, appOrigin)) {
      log.warn('A message from a foreign frame was dropped')
      return
    }
    if (!port) {
      port = new FramePort(sender)
      serve(port)
    }
    port.receive(frame)
  })
  contents.on('did-navigate', closePort)
  contents.on('render-process-gone', closePort)
  contents.once('destroyed', closePort)
}

/** One page's side of the channel, in the shape of a message port. */
class FramePort implements ServerPort {
  readonly #page: WebFrameMain
  readonly #onMessage: ((event: { data: unknown }) => void)[] = []
  readonly #onClose: (() => void)[] = []
  #isOpen = true

  constructor(page: WebFrameMain) {
    this.#page = page
  }

  addEventListener(...[type, listener]: ['message', (event: { data: unknown }) => void] | ['close', () => void]): void {
    if (type === 'message') this.#onMessage.push(listener)
    else this.#onClose.push(listener)
  }

  postMessage(frame: unknown): void {
    if (this.#isOpen && !this.#page.isDestroyed()) this.#page.send(bridgeChannel, frame)
  }

  receive(frame: unknown): void {
    for (const listener of this.#onMessage) listener({ data: frame })
  }

  close(): void {
    this.#isOpen = false
    for (const listener of this.#onClose) listener()
  }
}
