import type { Log } from '../../src-main/core/ports'

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
