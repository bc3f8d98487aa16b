import { z } from 'zod'

/**
 * Every way the app can fail, as a closed set. `status` is the HTTP status of the browser host, `message` the
 * sentence for a person, `hint` what to do about it. A thrower may replace the message by a more exact sentence.
 */
export const errorCatalogue = {
  'invalid-input': { status: 400, message: 'The request was not understood.', hint: 'Check the values and try again.' },
  unauthorised: { status: 401, message: 'Sign in first.', hint: 'Use the dashboard API key.' },
  'not-allowed': {
    status: 403,
    message: 'This request came from another site, so it was refused.',
    hint: 'Open the dashboard at its own address.',
  },
  'not-found': { status: 404, message: 'There is nothing at this address.', hint: 'Check the address.' },
  'method-not-allowed': {
    status: 405,
    message: 'This address does not take that method.',
    hint: 'The Allow header names the methods it takes.',
  },
  'too-large': { status: 413, message: 'That is more than this address takes.', hint: 'Send less at once.' },
  'too-many-attempts': { status: 429, message: 'Too many attempts.', hint: 'Wait a minute, then try again.' },
  'too-many-streams': {
    status: 429,
    message: 'Too many live connections are open.',
    hint: 'Close another dashboard tab, or wait.',
  },
  'not-configured': {
    status: 503,
    message: 'No dashboard API key is set, so nothing is served.',
    hint: 'Set DASHBOARD_API_KEY and start again.',
  },
  'update-failed': {
    status: 502,
    message: 'A newer version of the app could not be fetched.',
    hint: 'Try again later, or download it by hand.',
  },
  'not-supported': { status: 501, message: 'This host cannot do that.', hint: 'Use the desktop app.' },
  'no-workspace': {
    status: 409,
    message: 'No database is connected.',
    hint: 'Connect to a database or open the sample workspace.',
  },
  'connection-not-found': {
    status: 404,
    message: 'That connection is not here any more.',
    hint: 'Choose another connection.',
  },
  'request-not-found': {
    status: 404,
    message: 'No request has this id.',
    hint: 'It may be older than the retention limit, or still on its way.',
  },
  'body-unavailable': {
    status: 503,
    message: 'The text of this request is not kept here and the database cannot be reached.',
    hint: 'Try again when the database is back.',
  },
  'database-url-invalid': {
    status: 400,
    message: 'The database URL is not valid.',
    hint: 'It looks like postgresql://user:password@host:5432/database.',
  },
  'database-host-unknown': {
    status: 502,
    message: 'The database host name is not known.',
    hint: 'Check the host for a typing error, and that your VPN is on.',
  },
  'database-port-refused': {
    status: 502,
    message: 'Nothing answers on that host and port.',
    hint: 'Check the port, and that PostgreSQL runs and listens there.',
  },
  'database-unreachable': {
    status: 502,
    message: 'The database cannot be reached.',
    hint: 'Check the network; the app tries again by itself.',
  },
  'database-timeout': {
    status: 504,
    message: 'The database took too long to answer.',
    hint: 'It may be busy; the app asks for less and tries again.',
  },
  'database-refused-login': {
    status: 502,
    message: 'The database refused the user name or password.',
    hint: 'Enter the password again, or ask for a role that may log in.',
  },
  'database-not-found': {
    status: 502,
    message: 'There is no such database on that server.',
    hint: 'Check the last part of the URL.',
  },
  'database-tls-mismatch': {
    status: 502,
    message: 'The server and the URL disagree about TLS.',
    hint: 'Add or remove sslmode in the URL, for example ?sslmode=require.',
  },
  'database-too-many-connections': {
    status: 502,
    message: 'The database has no connection left to give.',
    hint: 'Wait, or raise max_connections.',
  },
  'table-not-found': {
    status: 502,
    message: 'The database has neither a requests nor an api_requests table.',
    hint: 'Enable the storage service of the proxy, or check that this is its database.',
  },
  'table-not-readable': {
    status: 502,
    message: 'The role may not read the requests table.',
    hint: 'Grant it: GRANT SELECT ON requests TO your_role.',
  },
  'table-not-understood': {
    status: 502,
    message: 'The requests table lacks a request id or a timestamp.',
    hint: 'It needs request_id (uuid) and timestamp (timestamptz).',
  },
  'source-paused': {
    status: 409,
    message: 'This connection is paused, so its database is left alone.',
    hint: 'Resume it, then try again.',
  },
  'search-running': {
    status: 409,
    message: 'Another search in the database is running.',
    hint: 'Wait for its end, or stop it first.',
  },
  'feed-url-invalid': {
    status: 400,
    message: 'The dashboard URL is not valid.',
    hint: 'It looks like https://proxy.example.com/dashboard.',
  },
  'feed-unauthorised': {
    status: 502,
    message: 'The proxy refused the API key.',
    hint: 'Enter the dashboard API key again.',
  },
  'feed-unreachable': {
    status: 502,
    message: 'The event stream of the proxy cannot be reached.',
    hint: 'Until it is back the app asks the database every few seconds.',
  },
  'feed-not-a-stream': {
    status: 502,
    message: 'That address does not answer with an event stream.',
    hint: 'Check the dashboard URL, and that no login page stands before it.',
  },
  'keychain-unavailable': {
    status: 503,
    message: 'This machine has no keychain that can be used.',
    hint: 'Secrets are kept for this session only.',
  },
  'replica-locked': {
    status: 503,
    message: 'Another Nexus Desktop uses this data folder.',
    hint: 'Close the other one, or set NEXUS_DATA_DIR to another folder.',
  },
  'replica-failed': {
    status: 500,
    message: 'The local copy could not be read or written.',
    hint: 'Check the free space and the rights of the data folder.',
  },
  'settings-damaged': {
    status: 500,
    message: 'The settings file could not be read.',
    hint: 'It was set aside; the defaults are in use.',
  },
  'export-failed': {
    status: 500,
    message: 'The file could not be written.',
    hint: 'Check the free space and the rights of the data folder, then export again.',
  },
  'report-failed': {
    status: 500,
    message: 'The report could not be written.',
    hint: 'Check that its folder is there and may be written to.',
  },
  'webhook-failed': {
    status: 502,
    message: 'The webhook did not take the message.',
    hint: 'Check its address, and test it in the alerts.',
  },
  'sample-failed': {
    status: 500,
    message: 'The sample workspace could not be started.',
    hint: 'Connect to a database of your own instead; the log tells why.',
  },
  'query-cancelled': { status: 499, message: 'The question was cancelled.', hint: 'Ask again.' },
  internal: {
    status: 500,
    message: 'Something went wrong inside the app.',
    hint: 'The log has the details; try again.',
  },
} as const satisfies Record<string, { status: number; message: string; hint: string }>

export type ErrorCode = keyof typeof errorCatalogue

export const errorCodes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]

/** A failure as it crosses to the page or stands in a state: never with a stack, SQL or a secret. */
export const failureShape = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string().optional(),
})
export type FailureShape = z.infer<typeof failureShape>

/** What each oRPC error carries beside code and message. */
export const errorData = z.object({ hint: z.string().optional() })
