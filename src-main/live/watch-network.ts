import { networkInterfaces } from 'node:os'

/** A look costs a few microseconds. */
const lookEveryMs = 2000

/**
 * Tells when the machine has got other addresses than before: a network came back, or another took its place. No system
 * tells Node of that. Returns the way to stop.
 */
export function watchNetwork(options: { onChange(): void; addresses?: () => string }): () => void {
  const { onChange, addresses = ownAddresses } = options
  let former = addresses()
  const timer = setInterval(() => {
    const now = addresses()
    if (now === former) return
    former = now
    // Without any there is nothing to connect by.
    if (now !== '') onChange()
  }, lookEveryMs).unref()
  return () => clearInterval(timer)
}

/** Addresses that lead beyond the machine and its cable, '' for none. */
function ownAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  const outward = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  return outward
    .map(({ address }) => address)
    .toSorted()
    .join(' ')
}
