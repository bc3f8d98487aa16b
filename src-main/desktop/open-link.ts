/*
 * The only way out of the app. Trusts no address that comes from a page: security/ decides what may be opened at all,
 * and the user sees it whole before it is.
 */
import type { BrowserWindow, Dialog, Shell } from 'electron'
import { Failure } from '../core/failure'
import { decideExternalLink } from '../security/external-link'

/**
 * Hands an address to the system's browser after the user has agreed; resolves either way. Throws `invalid-input` for
 * an address that is never opened.
 */
export async function openLink(
  url: unknown,
  system: { shell: Pick<Shell, 'openExternal'>; dialog: Pick<Dialog, 'showMessageBox'>; window: BrowserWindow | null },
): Promise<void> {
  const decision = decideExternalLink(url)
  if (!decision.allowed) throw new Failure('invalid-input', { message: decision.reason })
  const question = {
    type: 'question' as const,
    message: 'Open this address in your browser?',
    detail: decision.url,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  }
  const { response } = await (system.window
    ? system.dialog.showMessageBox(system.window, question)
    : system.dialog.showMessageBox(question))
  if (response === 0) await system.shell.openExternal(decision.url)
}
