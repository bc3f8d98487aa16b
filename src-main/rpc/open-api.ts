import { OpenAPIGenerator, type OpenAPI } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { oc } from '@orpc/contract'
import { z } from 'zod'
import { contract } from '../contract'
import { exportColumn, exportFormat } from '../contract/exports'
import { scope } from '../contract/scope'
import { restErrorBody } from './rest-error'

/** Whether a procedure of the contract is a REST route as well. */
export function hasRoute(procedure: { '~orpc': { route: { path?: string } } }): boolean {
  return procedure['~orpc'].route.path !== undefined
}

const summaries: Record<string, string> = {
  'usage.stats': 'Requests, tokens and cost of a window, with the window before it',
  'usage.timeline': 'The same figures by bucket of time, empty buckets included',
  'usage.models': 'Figures by model, most requests first',
  'usage.domains': 'Figures by domain, most requests first',
  'usage.overview': 'Statistics, timeline, models and domains from one snapshot',
  'trends.series': 'Figures over time, split and compared with the window before, with anomalies and a forecast',
  'trends.responseTimes': 'Percentiles of response times over time',
  'trends.patterns': 'Stop reasons, tools and hours of the week',
  'conversations.list': 'Requests, newest first, in pages',
  'conversations.getWithRaw': 'One request with its messages, answer, cost and stored JSON',
  'conversations.thread': 'The conversation that a request belongs to, in reading order, with its sums',
  exportFile: 'Requests as a file: CSV, JSON, JSON lines or Parquet, with their bodies or without',
  'workspace.health': 'Whether database, local copy and live feed work',
}

const failureResponse: OpenAPI.ResponseObject = {
  description: 'A failure: its code, a sentence, and what to do about it. The status fits the code.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
}

/** What the query of an address says, where everything is text. */
const exportQuery = scope.safeExtend({
  format: exportFormat,
  errorsOnly: z.boolean().optional(),
  bodies: z.boolean().optional().describe('With the stored requests and answers'),
  columns: z
    .string()
    .optional()
    .describe(`Only these, by commas, in this order: ${exportColumn.options.join(', ')}`),
  redact: z.boolean().optional().describe('Without keys, tokens, passwords, mail addresses and user names in paths'),
})

/** Not called through the contract: a host streams the file. */
const exportFile = oc
  .route({ method: 'GET', path: '/export', tags: ['Export'] })
  .input(exportQuery)
  .output(z.file())

/** The OpenAPI 3.1 document of the REST routes. The same object each time but for `version`; made in some 10 ms. */
export async function makeOpenApiDocument(version: string): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(
    { ...contract, exportFile },
    {
      filter: ({ contract: procedure }) => hasRoute(procedure),
      info: {
        title: 'Nexus Desktop',
        version,
        description: 'Usage, cost and conversations of a Claude proxy. Times are ISO 8601 in UTC, money is US dollars.',
      },
      servers: [{ url: '/dashboard/api' }],
      security: [{ dashboardKey: [] }, { session: [] }],
      commonSchemas: { Failure: { schema: restErrorBody } },
      components: {
        securitySchemes: {
          dashboardKey: { type: 'apiKey', in: 'header', name: 'X-Dashboard-Key' },
          session: { type: 'apiKey', in: 'cookie', name: 'dashboard_auth' },
        },
        responses: { Failure: failureResponse },
      },
    },
  )
  for (const operation of operationsOf(document)) {
    operation.summary = summaries[operation.operationId ?? '']
    for (const parameter of operation.parameters ?? []) {
      // The generator says these of every parameter; they hold for none of ours, and a path may not have them at all.
      if (!('in' in parameter)) continue
      delete parameter.allowEmptyValue
      delete parameter.allowReserved
    }
    // The contract lists each code with its status on every procedure: one reference says the same and can be read.
    const answer = operation.responses?.['200'] ?? failureResponse
    operation.responses = { 200: answer, default: { $ref: '#/components/responses/Failure' } }
  }
  return document
}

function operationsOf(document: OpenAPI.Document): OpenAPI.OperationObject[] {
  return Object.values(document.paths ?? {}).flatMap((path) => (path?.get ? [path.get] : []))
}
