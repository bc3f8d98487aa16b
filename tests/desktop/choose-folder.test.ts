import type { BrowserWindow, OpenDialogOptions } from 'electron'
import { expect, test, vi } from 'vitest'
import { chooseFolder } from '../../src-main/desktop/choose-folder'

const dialogThat = (canceled: boolean, ...filePaths: string[]) => ({
  showOpenDialog: vi.fn(async (..._asked: unknown[]) => ({ canceled, filePaths })),
})

test('the folder that was chosen over the window, or none', async () => {
  const window = {} as BrowserWindow
  const dialog = dialogThat(false, '/home/a/reports')
  expect(await chooseFolder({ dialog, window })).toBe('/home/a/reports')
  expect(dialog.showOpenDialog.mock.calls[0]![0]).toBe(window)
  expect((dialog.showOpenDialog.mock.calls[0]![1] as OpenDialogOptions).properties).toContain('openDirectory')
  expect(await chooseFolder({ dialog: dialogThat(true), window })).toBeNull()
  expect(await chooseFolder({ dialog: dialogThat(false), window: null })).toBeNull()
})
