import { get, type ClientRequest, type IncomingMessage } from 'node:http'

/** One of many readers of the event stream: lighter than `openSse`, so that a thousand fit beside the host. */
export interface CrowdReader {
  response: IncomingMessage
  /** Ids of the conversations that were told, in order. */
  told: string[]
  lastEventId: string | null
  /** True when the server ended or cut the stream. */
  isOver: boolean
  leave(): void
}

/** Opens the stream; resolves with its headers. */
export function joinCrowd(url: string, headers: Record<string, string>): Promise<CrowdReader> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = get(url, { agent: false, headers }, (response) => {
      const reader: CrowdReader = {
        response,
        told: [],
        lastEventId: null,
        isOver: false,
        leave: () => request.destroy(),
      }
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        const events = (rest + text).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) {
          reader.lastEventId = /^id: (.*)$/m.exec(event)?.[1] ?? reader.lastEventId
          const id = /"type":"conversation","data":\{"id":"([^"]+)"/.exec(event)?.[1]
          if (id !== undefined) reader.told.push(id)
        }
      })
      response.on('error', () => undefined).on('close', () => (reader.isOver = true))
      resolve(reader)
    })
    request.on('error', reject)
  })
}
