/**
 * `next`, with every part that equals that of `former` as the former's own object: whoever watches a part hears only of
 * what changed. For plain data, as JSON has it.
 */
export function keepSame<T>(former: T, next: T): T {
  if (
    Object.is(former, next) ||
    !isObject(former) ||
    !isObject(next) ||
    Array.isArray(former) !== Array.isArray(next)
  ) {
    return next
  }
  const names = Object.keys(next)
  const parts = names.map((name) => keepSame(former[name], next[name]))
  const isSame =
    names.length === Object.keys(former).length &&
    names.every((name, index) => name in former && Object.is(parts[index], former[name]))
  if (isSame) return former
  return (Array.isArray(next) ? parts : Object.fromEntries(names.map((name, index) => [name, parts[index]]))) as T
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
