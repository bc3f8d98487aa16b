import { Failure } from '../core/failure'
import type { ListSort } from '../core/ports'
import type { RowKey } from './replica-store'

/** The last row of a page: its figure, null for the order of time, and its key. */
export interface ListPlace extends RowKey {
  figure: number | null
}

/** Where a page ended, as text for the next question. It is opaque to the asker. */
export function encodeCursor({ by, order }: ListSort, { figure, timestampUs, id }: ListPlace): string {
  return Buffer.from([by, order, figure ?? '', timestampUs, id].join('~')).toString('base64url')
}

/** Throws `invalid-input` for anything that `encodeCursor` did not give for a list of the same order. */
export function decodeCursor({ by, order }: ListSort, cursor: string): ListPlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const found = /^(\w+~\w+)~(-?\d{1,19})?~(-?\d{1,16})~([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(text)
  const fits =
    found?.[1] === `${by}~${order}` &&
    (found[2] === undefined) === (by === 'time') &&
    Buffer.from(text).toString('base64url') === cursor
  if (!fits) {
    throw new Failure('invalid-input', {
      message: 'The cursor of the list is not valid.',
      hint: 'Start again from the first page.',
    })
  }
  return { figure: found[2] === undefined ? null : Number(found[2]), timestampUs: Number(found[3]), id: found[4]! }
}
