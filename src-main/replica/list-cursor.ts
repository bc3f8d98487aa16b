import { Failure } from '../core/failure'
import type { RowKey } from './replica-store'

/** Where a page ended, as text for the next question. It is opaque to the asker. */
export function encodeCursor({ timestampUs, id }: RowKey): string {
  return Buffer.from(`${timestampUs}~${id}`).toString('base64url')
}

/** Throws `invalid-input` for anything that `encodeCursor` did not give. */
export function decodeCursor(cursor: string): RowKey {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const found = /^(-?\d{1,16})~([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(text)
  if (!found || Buffer.from(text).toString('base64url') !== cursor) {
    throw new Failure('invalid-input', {
      message: 'The cursor of the list is not valid.',
      hint: 'Start again from the first page.',
    })
  }
  return { timestampUs: Number(found[1]), id: found[2]! }
}
