import { EventEmitter } from 'node:events'
import type { App } from 'electron'
import { afterEach, expect, test, vi } from 'vitest'
import { quitInOrder } from '../../src-main/desktop/quit-in-order'
import { silentLog } from '../fakes/silent-log'
import { eventually } from '../fakes/eventually'

function electronApp() {
  const app = Object.assign(new EventEmitter(), { exit: vi.fn() })
  let prevented = 0
  const quit = () => app.emit('will-quit', { preventDefault: () => (prevented += 1) })
  return { app: app as unknown as App, exit: app.exit, quit, prevented: () => prevented }
}

afterEach(() => vi.useRealTimers())

test('the process ends when everything is closed, and not before', async () => {
  const { app, exit, quit, prevented } = electronApp()
  let finish = (): void => undefined
  const close = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
  quitInOrder(app, [close], silentLog)
  quit()
  quit()
  expect(prevented()).toBe(2)
  expect(close).toHaveBeenCalledOnce()
  expect(exit).not.toHaveBeenCalled()
  finish()
  await eventually(() => expect(exit).toHaveBeenCalledOnce())
})

test('something that cannot be closed does not keep the process', async () => {
  const { app, exit, quit } = electronApp()
  quitInOrder(app, [() => Promise.reject(new Error('stuck'))], silentLog)
  quit()
  await eventually(() => expect(exit).toHaveBeenCalledOnce())
})

test('something that never ends is given up after its time', async () => {
  vi.useFakeTimers()
  const { app, exit, quit } = electronApp()
  quitInOrder(app, [() => new Promise<void>(() => undefined)], silentLog)
  quit()
  await vi.advanceTimersByTimeAsync(9_999)
  expect(exit).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(exit).toHaveBeenCalledOnce()
})
