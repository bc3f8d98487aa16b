/**
 * The request with this very signal. One that is only given to `new Request` is followed by it until the request is
 * garbage, while the work that was asked for goes on and would never hear that nobody waits for it.
 */
export function withSignal(request: Request, signal: AbortSignal): Request {
  return Object.defineProperty(request, 'signal', { value: signal })
}
