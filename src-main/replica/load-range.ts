import type { CancelSignal, Source } from '../core/ports'
import type { ReplicaStore, RowSpan, TimeRange } from './replica-store'

/** Two of DuckDB's row groups: whole groups need not be written a second time. */
const pieceRows = 2 * 122_880

/**
 * Reads a range from the source and stores it in pieces, each one transaction with its part of the coverage, so
 * memory stays bounded and a stop in the middle keeps what is done. Gives the number of rows.
 */
export async function loadRange(
  { source, replica }: { source: Source; replica: ReplicaStore },
  range: TimeRange,
  options: { coveredToUs?: number; signal: CancelSignal; onStored(rows: number): void },
): Promise<number> {
  const { coveredToUs = range.toUs, signal, onStored } = options
  let spans: RowSpan[] = []
  let heldRows = 0
  let storedRows = 0
  let fromUs = range.fromUs
  // The next piece is read while this one is written.
  let storing: Promise<void> = Promise.resolve()

  async function store(piece: RowSpan[], rows: number, toUs: number): Promise<void> {
    const isLast = toUs === range.toUs
    await replica.storeRange({
      range: { fromUs, toUs },
      coveredToUs: isLast ? coveredToUs : toUs,
      spans: piece,
    })
    fromUs = toUs
    storedRows += rows
    onStored(rows)
  }

  /** One piece at a time, while the next is read. */
  async function storeNext(piece: RowSpan[], rows: number, toUs: number): Promise<void> {
    await storing
    storing = store(piece, rows, toUs)
    // Told where it is awaited; until then it is no unhandled failure.
    storing.catch(() => undefined)
  }

  for await (const batch of source.readRange(range, signal)) {
    spans.push({ batch, from: 0, to: batch.length })
    heldRows += batch.length
    if (heldRows < pieceRows) continue
    const cut = cutBefore(spans, pieceRows - (heldRows - batch.length))
    if (!cut) continue
    await storeNext(cut.piece, heldRows - cut.restRows, cut.atUs)
    spans = cut.rest
    heldRows = cut.restRows
  }
  await storeNext(spans, heldRows, range.toUs)
  await storing
  return storedRows
}

/**
 * Cuts the last span before its row `at`, or earlier: a piece ends before a moment, so rows of the same microsecond
 * stay together. Null when the whole span is of one moment.
 */
function cutBefore(
  spans: RowSpan[],
  at: number,
): { piece: RowSpan[]; rest: RowSpan[]; restRows: number; atUs: number } | null {
  const { batch, from, to } = spans.at(-1)!
  const times = batch.timestampUs
  let row = Math.min(from + Math.max(at, 1), to - 1)
  while (row > from && times[row] === times[row - 1]) row--
  if (row === from) return null
  return {
    piece: [...spans.slice(0, -1), { batch, from, to: row }],
    rest: [{ batch, from: row, to }],
    restRows: to - row,
    atUs: times[row]!,
  }
}
