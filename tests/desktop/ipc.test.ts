import { EventEmitter } from 'node:events'
import type { WebContents } from 'electron'
import { expect, test } from 'vitest'
import { bridgeChannel } from '../../src-main/contract/bridge'
import { servePages } from '../../src-main/desktop/ipc'
import type { ServerPort } from '../../src-main/rpc/port'
import { silentLog } from '../fakes/silent-log'

function pageFrame(url = 'app://ui/dashboard/') {
  const sent: unknown[] = []
  const frame = {
    url,
    parent: null as unknown,
    isGone: false,
    sent,
    isDestroyed: () => frame.isGone,
    send(_channel: string, message: unknown) {
      if (frame.isGone) throw new Error('Render frame was disposed')
      sent.push(message)
    },
  }
  return frame
}

function servedContents() {
  const contents = Object.assign(new EventEmitter(), { ipc: new EventEmitter() })
  const ports: { reply(frame: string): void; received: unknown[]; isClosed: boolean }[] = []
  const serve = (port: ServerPort): void => {
    const seen = { reply: (frame: string) => port.postMessage(frame), received: [] as unknown[], isClosed: false }
    ports.push(seen)
    port.addEventListener('message', ({ data }) => seen.received.push(data))
    port.addEventListener('close', () => (seen.isClosed = true))
  }
  servePages(contents as unknown as WebContents, serve, silentLog)
  const say = (senderFrame: unknown, message: unknown) => contents.ipc.emit(bridgeChannel, { senderFrame }, message)
  return { contents, ports, say }
}

test('frames of our own page arrive in order, and replies go to that page', () => {
  const { ports, say } = servedContents()
  const page = pageFrame()
  say(page, 'one')
  say(page, 'two')
  expect(ports).toHaveLength(1)
  expect(ports[0]!.received).toEqual(['one', 'two'])
  ports[0]!.reply('reply')
  expect(page.sent).toEqual(['reply'])
})

test.each([
  ['a frame that is gone', null],
  ['a subframe', { ...pageFrame(), parent: pageFrame() }],
  ['a blank page', pageFrame('about:blank')],
  ['another origin', pageFrame('https://evil.example/dashboard/')],
  ['an origin that looks like ours', pageFrame('app://ui.evil/dashboard/')],
  ['a development server', pageFrame('http://127.0.0.1:5173/dashboard/')],
])('%s is not heard', (_who, sender) => {
  const { ports, say } = servedContents()
  say(sender, 'frame')
  expect(ports).toEqual([])
})

test.each(['did-navigate', 'render-process-gone', 'destroyed'])('%s closes the page and its calls', (event) => {
  const { contents, ports, say } = servedContents()
  const page = pageFrame()
  say(page, 'call')
  contents.emit(event, {})
  expect(ports[0]!.isClosed).toBe(true)
  ports[0]!.reply('too late')
  expect(page.sent).toEqual([])
})

test('a page that was reloaded gets a port of its own', () => {
  const { contents, ports, say } = servedContents()
  say(pageFrame(), 'old')
  contents.emit('did-navigate', {})
  const page = pageFrame()
  say(page, 'new')
  expect(ports.map((port) => port.received)).toEqual([['old'], ['new']])
  ports[1]!.reply('reply')
  expect(page.sent).toEqual(['reply'])
})

test('a reply to a page that has just gone is dropped', () => {
  const { ports, say } = servedContents()
  const page = pageFrame()
  say(page, 'call')
  page.isGone = true
  expect(() => ports[0]!.reply('reply')).not.toThrow()
})
