import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import type { App } from '../app/app'
import { downloadHeaders, type FetchedExport } from '../app/exports-api'
import { exportInput } from '../contract/exports'
import { fullRedaction } from '../core/transcript/redact'
import { Failure } from '../core/failure'
import { describeIssues } from '../rpc/describe-issues'
import { allowOnly } from './guards'
import type { WebEnv } from './web-context'

/** What a query can say: texts alone, so numbers and switches are read from them first. */
const fromQuery = z
  .object({
    hours: z.coerce.number().optional(),
    errorsOnly: flag().optional(),
    bodies: flag().optional(),
    columns: z
      .string()
      .transform((value) => value.split(','))
      .optional(),
    redact: flag().optional(),
  })
  .loose()
  .transform(({ redact, ...rest }) => (redact ? { ...rest, redaction: fullRedaction([]) } : rest))

function flag() {
  return z.enum(['0', '1', 'false', 'true']).transform((value) => value === '1' || value === 'true')
}

/**
 * `/export` makes a file and streams it; `/exports/:id` hands over one that a page had made. Both are made whole before
 * the first byte, so that a failure is an answer and never the middle of a file.
 */
export function exportRoutes(exports: App['exports']): Hono<WebEnv> {
  const routes = new Hono<WebEnv>()
  routes.use('/export', notHead)
  routes.use('/exports/:id', notHead)

  routes.get('/export', async (context) => {
    const { signal } = context.req.raw
    const { id } = await exports.make(readInput(context.req.query()), signal)
    return download(await exports.fetch(id))
  })

  routes.get('/exports/:id', async (context) => download(await exports.fetch(context.req.param('id'))))
  return routes
}

/** HEAD, which is answered like GET, would make or take a file that nobody reads. */
const notHead = createMiddleware<WebEnv>(async (context, next) =>
  context.req.method === 'HEAD' ? allowOnly('GET')(context, next) : next(),
)

function readInput(query: Record<string, string>) {
  const filled = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
  const parsed = fromQuery.pipe(exportInput).safeParse(filled)
  if (parsed.success) return parsed.data
  throw new Failure('invalid-input', { message: describeIssues(parsed.error.issues) })
}

function download(file: FetchedExport | null): Response {
  if (file === null) {
    throw new Failure('not-found', { message: 'This file is not here any more.', hint: 'Export it again.' })
  }
  return new Response(file.content, {
    headers: downloadHeaders(file),
  })
}
