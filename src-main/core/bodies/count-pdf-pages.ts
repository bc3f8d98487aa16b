const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** `/Page` as it stands in base64 by where it begins: `/Pa`, `Pag`, `age`, and how many bytes before those that is. */
const marks = [
  { mark: 'L1Bh', back: 0 },
  { mark: 'UGFn', back: 1 },
  { mark: 'YWdl', back: 2 },
]
/** Characters before and behind a mark that hold all of `/Type /Page` and what follows it. */
const before = 20
const behind = 12

/**
 * Pages of a PDF that is given in base64: its page objects are counted where they stand, without decoding the rest.
 * Undefined where none is seen, as in files that pack their objects.
 */
export function countPdfPages(data: string): number | undefined {
  let pages = 0
  for (const { mark, back } of marks) {
    for (let at = data.indexOf(mark); at !== -1; at = data.indexOf(mark, at + 4)) {
      if (at % 4 !== 0) {
        at -= 3
        continue
      }
      const start = Math.max(0, at - before)
      const text = decode(data.slice(start, at + behind))
      const name = ((at - start) / 4) * 3 - back
      if (/\/Type\s*$/.test(text.slice(0, Math.max(0, name))) && /^\/Page(?![A-Za-z])/.test(text.slice(name))) pages++
    }
  }
  return pages === 0 ? undefined : pages
}

/** Whole groups of base64 as one character for each byte; what is no base64 ends it. */
function decode(groups: string): string {
  let text = ''
  for (let at = 0; at + 4 <= groups.length; at += 4) {
    const [a = -1, b = -1, c = -1, d = -1] = Array.from({ length: 4 }, (_, i) =>
      alphabet.indexOf(groups[at + i] ?? '='),
    )
    if (a < 0 || b < 0) return text
    text += String.fromCharCode((a << 2) | (b >> 4))
    if (c >= 0) text += String.fromCharCode(((b & 15) << 4) | (c >> 2))
    if (c >= 0 && d >= 0) text += String.fromCharCode(((c & 3) << 6) | d)
  }
  return text
}
