/*
 * Trusts no page with a device or a right. One exception: our own page may put text on the clipboard, which Chromium
 * allows upon a click alone.
 */
import type { Session } from 'electron'
import { isOwnUrl } from '../security/navigation'
import { appOrigin } from './app-scheme'

const copyToClipboard = 'clipboard-sanitized-write'

/** Refuses every permission, device and screen capture that a page of the session could ask for. */
export function denyPermissions(session: Session): void {
  const isGranted = (permission: string, page: { requestingUrl?: string; isMainFrame: boolean }): boolean =>
    permission === copyToClipboard && page.isMainFrame && isOwnUrl(page.requestingUrl, appOrigin)
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isGranted(permission, details)),
  )
  session.setPermissionCheckHandler((_contents, permission, _origin, details) => isGranted(permission, details))
  session.setDevicePermissionHandler(() => false)
  // The types know no refusal; at run time it is null.
  session.setDisplayMediaRequestHandler((_request, answer) => (answer as (streams: null) => void)(null))
}
