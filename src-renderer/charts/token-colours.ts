import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

export type ColourOf = (token: string) => string

/**
 * Colours of the theme's tokens as canvas understands them (`rgb(…)`). The value changes with the theme, so what is
 * computed from it is drawn anew.
 */
export function useTokenColours(): Readonly<ShallowRef<ColourOf>> {
  const colours = shallowRef(readColours())
  const update = () => (colours.value = readColours())
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', update)
  const observer = new MutationObserver(update)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  onScopeDispose(() => {
    dark.removeEventListener('change', update)
    observer.disconnect()
  })
  return colours
}

/** Reads tokens through an element, since a custom property's own text is not resolved (`light-dark(…)`). */
export function readColours(): ColourOf {
  const known = new Map<string, string>()
  return (token) => {
    let colour = known.get(token)
    if (colour === undefined) {
      const probe = document.createElement('i')
      probe.style.color = `var(${token})`
      document.body.append(probe)
      colour = getComputedStyle(probe).color
      probe.remove()
      known.set(token, colour)
    }
    return colour
  }
}

/** The same colour with another opacity. */
export function withAlpha(colour: string, alpha: number): string {
  const channels = colour.match(/[\d.]+/g)?.slice(0, 3)
  return channels ? `rgba(${channels.join(', ')}, ${alpha})` : colour
}
