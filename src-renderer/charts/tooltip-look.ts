import type { ColourOf } from './token-colours'

/** How every chart's tooltip looks. As rich text: HTML would need inline styles, which the content policy forbids. */
export function tooltipLook(colourOf: ColourOf) {
  return {
    renderMode: 'richText' as const,
    confine: true,
    transitionDuration: 0,
    backgroundColor: colourOf('--raised'),
    borderColor: colourOf('--line'),
    borderWidth: 1,
    padding: [6, 10],
    textStyle: { color: colourOf('--ink'), fontSize: 12, lineHeight: 17 },
  }
}
