/*
 * What core and app need from the outside. Each port is implemented in one folder: Source in postgres/, Replica and
 * Sync in replica/, Feed in live/, SecretStore in keychain/, Annotations in settings/.
 */

export type * from './ports/outside'
export type * from './ports/source'
export type * from './ports/text-search'
export type * from './ports/replica'
export type * from './ports/response-times'
export type * from './ports/budgets'
export type * from './ports/repricing'
export type * from './ports/trends'
export type * from './ports/peaks'
export type * from './ports/offline'
export type * from './ports/sync'
export type * from './ports/feed'
export type * from './ports/secrets'
export type * from './ports/annotations'
