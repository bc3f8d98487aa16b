import type { BrowserWindow, Dialog, OpenDialogOptions } from 'electron'

/** Asks for a folder with the system's dialog; null where none was chosen. */
export async function chooseFolder(system: {
  dialog: Pick<Dialog, 'showOpenDialog'>
  window: BrowserWindow | null
}): Promise<string | null> {
  const { dialog, window } = system
  const question: OpenDialogOptions = {
    title: 'Where should the reports go?',
    buttonLabel: 'Choose',
    properties: ['openDirectory', 'createDirectory'],
  }
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, question)
    : dialog.showOpenDialog(question))
  return canceled ? null : (filePaths[0] ?? null)
}
