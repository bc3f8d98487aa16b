import { EventEmitter } from 'node:events'
import type { BrowserWindow, Dialog } from 'electron'
import { expect, test, vi } from 'vitest'
import { createCrashBudget, recoverFromCrashes } from '../../src-main/desktop/crash-recovery'
import { silentLog } from '../fakes/silent-log'
import { eventually } from '../fakes/eventually'

function windowThatCrashes(response: number) {
  const webContents = new EventEmitter()
  const window = { webContents, isDestroyed: () => false } as unknown as BrowserWindow
  const dialog = { showMessageBox: vi.fn(async () => ({ response, checkboxChecked: false })) }
  const actions = { load: vi.fn(), quit: vi.fn() }
  recoverFromCrashes(window, { ...actions, dialog: dialog as unknown as Dialog, log: silentLog })
  const crash = (reason = 'crashed') => webContents.emit('render-process-gone', {}, { reason, exitCode: 1 })
  const failToLoad = (errorCode: number, isMainFrame = true) =>
    webContents.emit('did-fail-load', {}, errorCode, 'ERR', 'app://ui/dashboard/', isMainFrame)
  return { ...actions, dialog, crash, failToLoad }
}

test('two crashes a minute are forgiven, a third is not, and after a quiet minute all is forgotten', () => {
  const mayReload = createCrashBudget()
  expect([mayReload(0), mayReload(1_000), mayReload(2_000)]).toEqual([true, true, false])
  expect(mayReload(120_000)).toBe(true)
})

test('a page whose process dies is loaded again', () => {
  const { load, dialog, crash } = windowThatCrashes(0)
  crash()
  expect(load).toHaveBeenCalledOnce()
  expect(dialog.showMessageBox).not.toHaveBeenCalled()
})

test('a page that keeps crashing asks, and goes on or quits as told', async () => {
  for (const [response, wanted] of [
    [0, 'load'],
    [1, 'quit'],
  ] as const) {
    const seen = windowThatCrashes(response)
    for (let count = 0; count < 3; count++) seen.crash()
    await eventually(() => expect(seen[wanted]).toHaveBeenCalledTimes(wanted === 'load' ? 3 : 1))
    expect(seen.dialog.showMessageBox).toHaveBeenCalledOnce()
  }
})

test('a process that ends as it should is no crash', () => {
  const { load, dialog, crash } = windowThatCrashes(0)
  crash('clean-exit')
  expect(load).not.toHaveBeenCalled()
  expect(dialog.showMessageBox).not.toHaveBeenCalled()
})

test('a load that fails asks; one that another load replaced, or of a part of the page, does not', async () => {
  const { load, dialog, failToLoad } = windowThatCrashes(0)
  failToLoad(-3)
  failToLoad(-6, false)
  expect(dialog.showMessageBox).not.toHaveBeenCalled()
  failToLoad(-6)
  await eventually(() => expect(load).toHaveBeenCalledOnce())
})
