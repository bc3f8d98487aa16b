import type { ColumnValue } from './copy-text'
import type { SampleRequest } from './sample-request'

/** Columns of the brief's table, in the order of `requestValues`. */
export const requestColumns = [
  'request_id',
  'timestamp',
  'domain',
  'model',
  'input_tokens',
  'output_tokens',
  'request_body',
  'response_body',
  'response_time_ms',
  'stream',
  'request_type',
]

/** The values of one row, in the order of `requestColumns`. */
export function requestValues(request: SampleRequest): ColumnValue[] {
  return [
    request.id,
    new Date(request.timestampMs).toISOString(),
    request.domain,
    request.model,
    request.inputTokens,
    request.outputTokens,
    request.requestBody,
    request.responseBody,
    request.responseTimeMs,
    request.stream,
    request.requestType,
  ]
}

export const chunkColumns = ['request_id', 'chunk_index', 'timestamp', 'chunk_data']

/** The rows of `streaming_chunks` that belong to a request, in the order of `chunkColumns`. */
export function chunkRows({ id, timestampMs, streamChunks }: SampleRequest): ColumnValue[][] {
  return streamChunks.map((chunk, index) => [id, index, new Date(timestampMs + index * 40).toISOString(), chunk])
}
