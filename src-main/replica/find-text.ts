import type { TextCondition } from '../core/search/query'
import { containsUnits, textUnits } from '../core/search/text-units'
import type { Statements } from './session'

/** Requests whose last words of the user, as far as they were read, have the words. */
export async function findInPreviews(statements: Statements, condition: TextCondition): Promise<string[]> {
  const wanted = textUnits(condition.text)
  const previews = await statements.rows<{ id: string; preview: string }>(
    'SELECT id::VARCHAR AS id, preview FROM preview',
  )
  return previews
    .filter(({ preview }) => containsUnits(textUnits(preview), wanted, condition.isPrefix))
    .map(({ id }) => id)
}
