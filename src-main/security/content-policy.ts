/**
 * Styles that Reka UI puts into the page as constant `<style>` elements (ScrollArea, Combobox, Select, Viewport), by
 * the SHA-256 of their text. A test computes them again from the installed package.
 */
const rekaStyleHashes = [
  '6kJHBrMeYPjuL963zk84BmND3Z4cszEoZMFiRK2nkPY=',
  '0sLsI2a+NIcumVvBF9zD/ArGqlZR2xfnxsALPmK7nj8=',
  '60LHlRjW/B3CtzIoE/Lf1/NEDvko9efWMFaGVhHu/cs=',
  'yoGyYYViZJc8Bw64PWPe6uO7PMr8i7+Vs5Cs9w37VrU=',
]

/**
 * The content policy of the renderer, one string for both hosts, to be sent as a header with every answer. Nothing from
 * elsewhere, no inline script, no form target, no frame around it.
 */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${rekaStyleHashes.map((hash) => `'sha256-${hash}'`).join(' ')}`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

/** Headers for every answer of either host, page or not. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentPolicy,
  'X-Content-Type-Options': 'nosniff',
  // `no-referrer` would turn the Origin of our own form posts into `null`.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()',
}
