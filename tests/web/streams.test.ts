import { expect, test, vi } from 'vitest'
import { endWith } from '../../src-main/web/end-with'
import { onFirstAbort } from '../../src-main/web/on-first-abort'
import { openStream } from '../../src-main/web/sse-route'

const decode = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk)

function openTestStream() {
  const end = new AbortController()
  const options = { cut: vi.fn(), release: vi.fn(), unsubscribe: vi.fn() }
  let send: (text: string) => void = () => undefined
  const stream = openStream({
    subscribe(sendText) {
      send = sendText
      return options.unsubscribe
    },
    cut: options.cut,
    release: options.release,
    ends: [end.signal],
  })
  return { ...options, end, stream, send: (text: string) => send(text) }
}

test('a reader that does not read is cut off when a quarter of a megabyte waits for it, and hears no more', () => {
  const { cut, release, unsubscribe, send } = openTestStream()
  const kilobyte = 'x'.repeat(1024)
  for (let sent = 0; sent < 255; sent += 1) send(kilobyte)
  expect(cut).not.toHaveBeenCalled()
  for (let sent = 0; sent < 10; sent += 1) send(kilobyte)
  expect(cut).toHaveBeenCalledOnce()
  expect(release).toHaveBeenCalledOnce()
  expect(unsubscribe).toHaveBeenCalledOnce()
})

test('a reader that reads is never cut off', async () => {
  const { cut, send, stream } = openTestStream()
  const reader = stream.getReader()
  for (let sent = 0; sent < 1000; sent += 1) {
    send('x'.repeat(1024))
    await reader.read()
  }
  expect(cut).not.toHaveBeenCalled()
})

test('the end closes the stream after what was sent, once', async () => {
  const { end, release, send, stream } = openTestStream()
  send('last')
  end.abort()
  send('too late')
  const reader = stream.getReader()
  expect(decode((await reader.read()).value)).toBe('last')
  expect((await reader.read()).done).toBe(true)
  expect(release).toHaveBeenCalledOnce()
})

test('a stream of a session that is over already ends at once', async () => {
  const release = vi.fn()
  const stream = openStream({ subscribe: () => () => undefined, cut: vi.fn(), release, ends: [AbortSignal.abort()] })
  expect((await stream.getReader().read()).done).toBe(true)
  expect(release).toHaveBeenCalledOnce()
})

test('a reader that leaves is forgotten, and later ends and sends do nothing', async () => {
  const { end, release, unsubscribe, send, stream } = openTestStream()
  await stream.cancel()
  end.abort()
  send('x')
  expect(release).toHaveBeenCalledOnce()
  expect(unsubscribe).toHaveBeenCalledOnce()
})

function sourceOf(...chunks: string[]): { source: ReadableStream<Uint8Array>; cancelled: ReturnType<typeof vi.fn> } {
  const cancelled = vi.fn()
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
    },
    cancel: cancelled,
  })
  return { source, cancelled }
}

test('a wrapped stream gives the same bytes and ends in order when it is told to', async () => {
  const { source, cancelled } = sourceOf('a', 'b')
  const [end, release] = [new AbortController(), vi.fn()]
  const reader = endWith(source, [end.signal], release).getReader()
  expect(decode((await reader.read()).value)).toBe('a')
  expect(decode((await reader.read()).value)).toBe('b')
  const waiting = reader.read()
  end.abort()
  expect((await waiting).done).toBe(true)
  expect(cancelled).toHaveBeenCalledOnce()
  expect(release).toHaveBeenCalledOnce()
})

test('a wrapped stream passes on a failure and the leaving of its reader', async () => {
  const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('broken')) })
  const release = vi.fn()
  await expect(endWith(failing, [new AbortController().signal], release).getReader().read()).rejects.toThrow('broken')
  expect(release).toHaveBeenCalledOnce()

  const { source, cancelled } = sourceOf('a')
  await endWith(source, [new AbortController().signal], release).cancel()
  expect(cancelled).toHaveBeenCalledOnce()
  expect(release).toHaveBeenCalledTimes(2)
})

test('the first of several signals is heard once, also when it came before', () => {
  const [one, two, listener] = [new AbortController(), new AbortController(), vi.fn()]
  onFirstAbort([one.signal, two.signal], listener)
  two.abort()
  one.abort()
  expect(listener).toHaveBeenCalledOnce()
  onFirstAbort([new AbortController().signal, one.signal], listener)
  expect(listener).toHaveBeenCalledTimes(2)
  const three = new AbortController()
  onFirstAbort([three.signal], listener)()
  three.abort()
  expect(listener).toHaveBeenCalledTimes(2)
})
