/** A fill of diagonal lines for what is not known yet. */
export function hatching(colour: string): { image: HTMLCanvasElement; repeat: 'repeat' } {
  const size = 8
  const image = document.createElement('canvas')
  image.width = size
  image.height = size
  const context = image.getContext('2d')
  if (context) {
    context.strokeStyle = colour
    context.lineWidth = 1
    context.beginPath()
    // Three strokes, so that the pattern meets itself at the corners.
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift - 1, size + 1)
      context.lineTo(shift + size + 1, -1)
    }
    context.stroke()
  }
  return { image, repeat: 'repeat' }
}
