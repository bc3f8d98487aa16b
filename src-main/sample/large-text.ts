import type { SampleRequest } from './sample-request'

/**
 * SQL for the text of a log with as many lines as the request wants, about 105 characters each. The server makes
 * megabytes of it faster than we could send them, and the same for the same number of lines.
 */
export function largeLogText({ largeText, timestampMs }: SampleRequest): string {
  const lines = Math.floor(largeText?.lines ?? 0)
  const day = new Date(timestampMs - 86_400_000).toISOString().slice(0, 10)
  return `SELECT string_agg(
    to_char(timestamp '${day} 21:00' + n * interval '0.71 second', 'YYYY-MM-DD"T"HH24:MI:SS.MS') ||
    (ARRAY[' INFO  ', ' INFO  ', ' DEBUG ', ' INFO  ', ' WARN  ', ' INFO  ', ' DEBUG ', ' ERROR '])[1 + (n * n / 7) % 8] ||
    (ARRAY['pick-orders', 'label-print', 'carrier-events', 'stock-sync', 'dock-scheduling'])[1 + n * 31 % 5] ||
    '-' || 1 + n * 17 % 4 || ' message=' || 100000 + n * 7919 % 900000 || ' ' ||
    (ARRAY[
      'took its lease for 30 s', 'finished in ' || n * 37 % 900 || ' ms', 'waits for a label of Northline',
      'wrote ' || 1 + n % 60 || ' lines of order ' || 10000 + n * 13 % 80000, 'retries, attempt ' || 2 + n % 3 || ' of 5',
      'received scan at dock ' || 1 + n % 14, 'stock of KT-' || 1000 + n * 11 % 8000 || ' is ' || n * 3 % 400,
      'gave up: no answer within 8000 ms'
    ])[1 + (n * 5 + n / 9) % 8], E'\\n' ORDER BY n) FROM generate_series(1, ${lines}::bigint) AS n`
}
