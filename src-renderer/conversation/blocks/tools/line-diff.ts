/** One line of a diff, in the order that it is shown. */
export interface DiffLine {
  change: 'same' | 'added' | 'dropped'
  text: string
}

/** Comparing more pairs of lines than this would hold up the page. */
const mostPairs = 4_000_000

/** How one text becomes the other, line by line; texts too long to compare are all dropped and all added. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const old = before === '' ? [] : before.split('\n')
  const fresh = after === '' ? [] : after.split('\n')
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let end = 0
  while (
    end < old.length - start &&
    end < fresh.length - start &&
    old[old.length - 1 - end] === fresh[fresh.length - 1 - end]
  ) {
    end++
  }
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ change: 'same', text }))
  return [
    ...same(old.slice(0, start)),
    ...middle(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)),
    ...same(end === 0 ? [] : old.slice(-end)),
  ]
}

/** By the longest common subsequence. */
function middle(old: string[], fresh: string[]): DiffLine[] {
  const dropped = (text: string): DiffLine => ({ change: 'dropped', text })
  const added = (text: string): DiffLine => ({ change: 'added', text })
  if (old.length * fresh.length > mostPairs || old.length === 0 || fresh.length === 0) {
    return [...old.map(dropped), ...fresh.map(added)]
  }
  const width = fresh.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === fresh[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
    }
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length && j < fresh.length) {
    const [left, right] = [old[i] ?? '', fresh[j] ?? '']
    if (left === right) {
      lines.push({ change: 'same', text: left })
      i++
      j++
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      lines.push(dropped(left))
      i++
    } else {
      lines.push(added(right))
      j++
    }
  }
  return [...lines, ...old.slice(i).map(dropped), ...fresh.slice(j).map(added)]
}
