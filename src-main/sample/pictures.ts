import { crc32, deflateSync } from 'node:zlib'
import type { SeedRandom } from './seed-random'

/** What a picture shows; each is drawn from rectangles. */
export type PictureKind = 'bar-chart' | 'window' | 'damaged-case'

/**
 * A valid PNG (W3C PNG, second edition: signature, IHDR, IDAT, IEND; 8-bit RGB, no interlace). With `level` 0 the
 * data stays as large as its pixels.
 */
export function drawPng(
  kind: PictureKind,
  random: SeedRandom,
  { width = 240, height = 150, level = 9 }: { width?: number; height?: number; level?: number } = {},
): Buffer {
  const canvas = new Canvas(width, height)
  if (kind === 'bar-chart') drawBarChart(canvas, random)
  else if (kind === 'window') drawWindow(canvas, random)
  else drawDamagedCase(canvas, random)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(canvas.rows, { level })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

class Canvas {
  /** Rows as PNG wants them: a filter byte 0, then three bytes a pixel. */
  readonly rows: Buffer

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.rows = Buffer.alloc(height * (1 + width * 3))
    this.fill(0, 0, 1, 1, 0xf7f7f8)
  }

  /** A rectangle in shares of width and height. */
  fill(left: number, top: number, right: number, bottom: number, colour: number): void {
    const from = Math.max(0, Math.round(left * this.width))
    const to = Math.min(this.width, Math.round(right * this.width))
    if (to <= from) return
    const line = Buffer.alloc((to - from) * 3, Buffer.from([colour >> 16, (colour >> 8) & 255, colour & 255]))
    const end = Math.min(this.height, Math.round(bottom * this.height))
    for (let y = Math.max(0, Math.round(top * this.height)); y < end; y++) {
      line.copy(this.rows, y * (1 + this.width * 3) + 1 + from * 3)
    }
  }
}

function drawBarChart(canvas: Canvas, random: SeedRandom): void {
  for (let line = 1; line < 5; line++) canvas.fill(0.08, line * 0.18, 0.96, line * 0.18 + 0.008, 0xdcdde1)
  const bars = random.integer(7, 14)
  for (let bar = 0; bar < bars; bar++) {
    const left = 0.1 + (bar * 0.85) / bars
    const top = 0.15 + random.next() * 0.6
    canvas.fill(left, top, left + 0.55 / bars, 0.9, bar === bars - 2 ? 0xd9534f : 0x4f5bd5)
  }
  canvas.fill(0.08, 0.9, 0.96, 0.912, 0x55585f)
}

function drawWindow(canvas: Canvas, random: SeedRandom): void {
  canvas.fill(0, 0, 1, 0.1, 0x2b2d33)
  for (const [index, colour] of [0xff5f57, 0xfebc2e, 0x28c840].entries()) {
    canvas.fill(0.02 + index * 0.03, 0.035, 0.038 + index * 0.03, 0.065, colour)
  }
  canvas.fill(0, 0.1, 0.22, 1, 0xe9eaee)
  for (let row = 0; row < 6; row++)
    canvas.fill(0.03, 0.17 + row * 0.1, 0.1 + random.next() * 0.09, 0.2 + row * 0.1, 0x9a9ca5)
  for (let row = 0; row < 8; row++) {
    const isFailed = row === random.integer(2, 6)
    canvas.fill(
      0.27,
      0.17 + row * 0.095,
      0.5 + random.next() * 0.42,
      0.21 + row * 0.095,
      isFailed ? 0xd9534f : 0xb9bbc4,
    )
  }
}

function drawDamagedCase(canvas: Canvas, random: SeedRandom): void {
  canvas.fill(0, 0.75, 1, 1, 0xb8b2a7)
  canvas.fill(0.25, 0.2, 0.75, 0.85, 0x2f4a6d)
  canvas.fill(0.42, 0.12, 0.58, 0.2, 0x22262c)
  for (let rib = 0; rib < 5; rib++) canvas.fill(0.31 + rib * 0.09, 0.24, 0.32 + rib * 0.09, 0.81, 0x27405f)
  const crackTop = 0.3 + random.next() * 0.2
  for (let step = 0; step < 8; step++) {
    const left = 0.4 + step * 0.03 + random.next() * 0.02
    canvas.fill(left, crackTop + step * 0.04, left + 0.025, crackTop + step * 0.04 + 0.05, 0xe8e4dc)
  }
}

/** A valid one-page PDF 1.4 with these lines in Helvetica (ISO 32000: header, objects, xref, trailer). */
export function writePdf(lines: readonly string[]): Buffer {
  const escaped = lines.map((line) => line.replace(/[^\x20-\x7e]/g, '-').replace(/[\\()]/g, String.raw`\$&`))
  const content = `BT /F1 10 Tf 13 TL 56 790 Td\n${escaped.map((line) => `(${line}) Tj T*`).join('\n')}\nET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.lastIndexOf('xref\n0')}\n%%EOF\n`
  return Buffer.from(file, 'latin1')
}
