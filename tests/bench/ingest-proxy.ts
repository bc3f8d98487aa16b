/*
 * The proxy of the ingest benchmark, in a process of its own so that its work is not measured: writes rows and tells
 * them on an event stream as fast as the reader takes them. Arguments: database URL. Speaks over the IPC channel.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { toStreamEvent } from './ingest-event'

export type ProxyCommand =
  { do: 'tell'; events: number } | { do: 'flood'; rows: number } | { do: 'trickle'; rows: number; everyMs: number }
export type ProxyMessage = { port: number } | { written: string; atMs: number } | { done: true }

const insert = `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, response_body)
  SELECT gen_random_uuid(), clock_timestamp(), 'team-' || n % 20 || '.example', 'claude-sonnet-4-5', 900, 300,
    '{"usage":{"input_tokens":900,"output_tokens":300}}' FROM generate_series(1, $1) n RETURNING request_id::text AS id`

const client = new Client(process.argv[2])
await client.connect()
const streams = new Set<ServerResponse>()
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('data: {"type":"connected"}\n\n')
  streams.add(response)
  response.on('close', () => streams.delete(response))
})
server.listen(0, '127.0.0.1', () => send({ port: (server.address() as AddressInfo).port }))
process.on('message', (command: ProxyCommand) => void obey(command))
process.on('disconnect', () => process.exit(0))

function send(message: ProxyMessage): void {
  process.send!(message)
}

async function tell(text: string): Promise<void> {
  for (const stream of streams) if (!stream.write(text)) await once(stream, 'drain')
}

async function addRows(count: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(insert, [count])
  return rows.map(({ id }) => id)
}

async function obey(command: ProxyCommand): Promise<void> {
  if (command.do === 'tell') {
    const some = Array.from({ length: 500 }, () => toStreamEvent(crypto.randomUUID())).join('')
    for (let told = 0; told < command.events; told += 500) await tell(some)
  } else if (command.do === 'flood') {
    for (let written = 0; written < command.rows; written += 500) {
      await tell((await addRows(500)).map(toStreamEvent).join(''))
    }
  } else {
    for (let written = 0; written < command.rows; written++) {
      const [id] = await addRows(1)
      send({ written: id!, atMs: Date.now() })
      await tell(toStreamEvent(id!))
      await delay(command.everyMs)
    }
  }
  send({ done: true })
}
