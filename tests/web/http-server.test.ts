import { createServer, type ServerResponse } from 'node:http'
import { createConnection, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { loopbackNames, writeHost } from '../../src-main/web/addresses'
import { createHttpServer } from '../../src-main/web/http-server'
import { startTestHost } from './test-host'

test('a port that is taken is named, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  await expect(startTestHost({ port })).rejects.toMatchObject({
    code: 'invalid-input',
    message: `PORT ${port} is taken by another program.`,
    hint: expect.stringContaining('0 takes any free one'),
  })
  other.close()
})

test('a host that is no address of this machine is named', async () => {
  await expect(startTestHost({ host: '203.0.113.1' })).rejects.toMatchObject({
    code: 'invalid-input',
    message: 'HOST 203.0.113.1 is no address of this machine.',
  })
})

test('closing waits for a request under way, and not for connections without one', async () => {
  let onArrival: (response: ServerResponse) => void = () => undefined
  const arrival = new Promise<ServerResponse>((resolve) => (onArrival = resolve))
  const server = createHttpServer((_request, response) => onArrival(response))
  const port = await server.listen('127.0.0.1', 0)
  const idle = createConnection(port, '127.0.0.1')
  await new Promise((resolve) => idle.once('connect', resolve))
  const asked = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())
  const response = await arrival

  let isClosed = false
  const closing = server.close().then(() => (isClosed = true))
  expect(isClosed).toBe(false)
  response.end('whole')
  expect(await asked).toBe('whole')
  await closing
})

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', 'localhost'],
  ['::', 'localhost'],
  ['::1', '[::1]'],
  ['dash.local', 'dash.local'],
])('the host %s stands in an address as %s', (host, written) => {
  expect(writeHost(host)).toBe(written)
})

test('on port 80 the names may leave the port out', () => {
  expect(loopbackNames('127.0.0.1', 80)).toContain('localhost')
  expect(loopbackNames('127.0.0.1', 3000)).not.toContain('localhost')
  expect(loopbackNames('127.0.0.2', 3000)).toContain('127.0.0.2:3000')
})
