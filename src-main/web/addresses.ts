import { isIPv6 } from 'node:net'
import { Failure } from '../core/failure'

/** Whether only this machine can reach an address to listen on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** What a browser on this machine writes into Host to reach us. */
export function loopbackNames(host: string, port: number): Set<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]', writeHost(host)]
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

/** The host as it stands in a URL that this machine can open; "any address" is not one. */
export function writeHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return isIPv6(host) ? `[${host}]` : host
}

/** Why the server does not listen, in words that name the variable to change. */
export function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): Failure {
  const { message, hint } = explain(error.code, host, port)
  return new Failure('invalid-input', { message, hint, cause: error })
}

function explain(code: string | undefined, host: string, port: number): { message: string; hint: string } {
  switch (code) {
    case 'EADDRINUSE':
      return {
        message: `PORT ${port} is taken by another program.`,
        hint: 'Stop that program, or set PORT to another number (0 takes any free one).',
      }
    case 'EACCES':
      return { message: `PORT ${port} may not be used by this user.`, hint: 'Set PORT to a number above 1023.' }
    default:
      return {
        message: `HOST ${host} is no address of this machine.`,
        hint: 'Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (every network).',
      }
  }
}
