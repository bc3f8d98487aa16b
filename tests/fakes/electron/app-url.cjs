'use strict'
/*
 * Chromium does not know the app's scheme. Each host of it is shown to Chromium as an https host that no name server
 * has, and every address is translated where it passes.
 */
const suffix = '.app-scheme.invalid'

/** app://ui/x as Chromium sees it; all other addresses as they are. */
exports.toChromiumUrl = (url) =>
  url.startsWith('app://') ? url.replace(/^app:\/\/([^/?#]*)/, `https://$1${suffix}`) : url

/** The way back. */
exports.toAppUrl = (url) => {
  const match = /^https:\/\/([^/?#]*)\.app-scheme\.invalid(.*)$/.exec(url)
  return match ? `app://${match[1]}${match[2]}` : url
}
